-- SPDX-License-Identifier: GPL-3.0-or-later
-- A region whose sealed history another PostgreSQL keeps; what shards are stands in shards.sql.

-- For the administrator of the database: what the foreign server @name says nothing of is as it is usual for a region's. Earlier
-- stores gave it two seconds to be connected to, which took slow ways for lost ones.
CREATE OR REPLACE FUNCTION gdp_set_region_options (name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  usual record;
  known text;
BEGIN
  FOR usual IN SELECT * FROM (VALUES
      ('async_capable', 'true'), ('fetch_size', '1000'), ('batch_size', '256'), ('keep_connections', 'on'),
      ('connect_timeout', '10'), ('tcp_user_timeout', '5000'), ('keepalives_idle', '5'), ('keepalives_interval', '2'),
      ('keepalives_count', '3')) AS options (option, value) LOOP
    known := (SELECT o.option_value FROM pg_foreign_server s, pg_options_to_table (s.srvoptions) o
              WHERE s.srvname = name AND o.option_name = usual.option);
    IF known IS NULL THEN
      EXECUTE format ('ALTER SERVER %I OPTIONS (ADD %I %L)', name, usual.option, usual.value);
    ELSIF usual.option = 'connect_timeout' AND known = '2' THEN
      EXECUTE format ('ALTER SERVER %I OPTIONS (SET %I %L)', name, usual.option, usual.value);
    END IF;
  END LOOP;
END $$;

-- As far as whoever brings the store up to date may.
SELECT gdp_set_region_options (srvname) FROM pg_foreign_server s WHERE pg_has_role (srvowner, 'USAGE')
  AND EXISTS (SELECT FROM pg_foreign_table t, shard WHERE t.ftserver = s.oid AND t.ftrelid = to_regclass ('sample_hour_' || number));

-- For the administrator of the database: a shard that is kept by the store that the foreign server @name leads to, where
-- gdp_add_shard () made it.
CREATE OR REPLACE FUNCTION gdp_add_remote_shard (number bigint, name text, VARIADIC regions text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  owner CONSTANT text := (SELECT relowner::regrole::text FROM pg_class WHERE oid = 'meta'::regclass);
  kept text;
BEGIN
  PERFORM gdp_set_region_options (name);
  FOREACH kept IN ARRAY ARRAY['sample_hour', 'sample_month', 'sample_year', 'sample_damaged', 'shard_month'] LOOP
    EXECUTE format ('CREATE FOREIGN TABLE %s %s SERVER %I', gdp_shard_part (kept, number), gdp_shard_keys (kept, number), name);
    EXECUTE format ('ALTER FOREIGN TABLE %I OWNER TO %s', kept || '_' || number, owner);
  END LOOP;
  EXECUTE format ('GRANT USAGE ON FOREIGN SERVER %I TO %s', name, owner);   -- to put a copy back
  PERFORM gdp_begin_shard (number, name, regions);
  -- Asked for the first time: whatever is wrong with the way there is told now.
  UPDATE sealing SET end_hour = 0 WHERE shard = number
    AND NOT EXISTS (SELECT FROM sample_hour WHERE point >= number << 32 AND point < (number + 1) << 32);
END $$;
