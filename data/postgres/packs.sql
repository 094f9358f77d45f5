-- SPDX-License-Identifier: GPL-3.0-or-later
-- Packs of figures as they are read quickest. A step of the schema: what is here is not changed once it has shipped.
--
-- A pack is packed: trying to compress it takes time and gains nothing. A year of days is 5 to 8 kB and stays in its row where
-- that fits a page; kept apart, in pieces, each year would be five rows to be found instead of one.

CREATE FUNCTION gdp_keep_packs (number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format ('ALTER TABLE sample_month_%s ALTER COLUMN block SET STORAGE EXTERNAL', number);
  EXECUTE format ('ALTER TABLE sample_year_%s ALTER COLUMN block SET STORAGE EXTERNAL', number);
  EXECUTE format ('ALTER TABLE sample_year_%s SET (toast_tuple_target = 8160)', number);
END $$;

-- As in shards.sql, and with that.
CREATE OR REPLACE FUNCTION gdp_make_shard (number bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  its record;
BEGIN
  FOR its IN SELECT * FROM (VALUES
      ('sample_hour', 'point, hour', ' PARTITION BY RANGE (hour)'), ('sample_month', 'point, month', ''),
      ('sample_year', 'point, year', ''), ('sample_damaged', 'point, hour, found', ''), ('shard_month', 'shard, month', ''))
      AS tables (kept, keys, how) LOOP
    EXECUTE format ('CREATE TABLE %s (PRIMARY KEY (%s)) %s%s', gdp_shard_part (its.kept, number), its.keys,
                    gdp_shard_keys (its.kept, number), its.how);
  END LOOP;
  EXECUTE format ('CREATE TABLE sample_hour_%s_other PARTITION OF sample_hour_%1$s DEFAULT', number);
  EXECUTE format ('CREATE TRIGGER keep_month BEFORE INSERT OR DELETE ON shard_month_%s FOR EACH ROW '
                  'EXECUTE FUNCTION gdp_keep_month ()', number);
  PERFORM gdp_keep_packs (number);
END $$;

SELECT gdp_keep_packs (shard.number) FROM shard, pg_class its
  WHERE its.relname = 'sample_year_' || shard.number AND its.relnamespace = current_schema ()::regnamespace AND its.relkind = 'r';
