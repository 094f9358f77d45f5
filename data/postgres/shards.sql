-- SPDX-License-Identifier: GPL-3.0-or-later
-- Sealed history in parts. A step of the schema: what is here is not changed once it has shipped.
--
-- A shard is a range of points' keys, those from number * 2^32 on, and all sealed history of them: shard 0 that of every
-- region that has none of its own. Which shard a point is in is settled when it is first imported and stays, wherever its
-- site moves. A shard is here, or in another PostgreSQL that is a store, too: then its tables here are foreign.
--
-- The hours of a shard that is here are in partitions by month, so that a month is dropped instead of deleted. A row of
-- shard_month is such a partition: whoever inserts it makes it, whoever deletes it drops it, here or there.

ALTER TABLE sample_hour RENAME TO sample_hour_before;
ALTER TABLE sample_month RENAME TO sample_month_before;
ALTER TABLE sample_year RENAME TO sample_year_before;
ALTER TABLE sample_damaged RENAME TO sample_damaged_before;
-- No keys of their own: tables with partitions in other databases can have none. The figures as small as they can be: there
-- are as many of them as of what they are of, nearly.
CREATE TABLE sample_hour (point bigint NOT NULL, hour bigint NOT NULL, first bigint NOT NULL, last bigint NOT NULL,
  min double precision, max double precision, sum double precision NOT NULL, held bigint NOT NULL, good bigint NOT NULL,
  last_value double precision, count integer NOT NULL, last_reason smallint NOT NULL, worst smallint NOT NULL,
  block bytea NOT NULL) PARTITION BY RANGE (point);
CREATE TABLE sample_month (LIKE sample_month_before) PARTITION BY RANGE (point);
CREATE TABLE sample_year (LIKE sample_year_before) PARTITION BY RANGE (point);
CREATE TABLE sample_damaged (LIKE sample_damaged_before) PARTITION BY RANGE (point);
CREATE TABLE shard_month (shard bigint NOT NULL, month bigint NOT NULL) PARTITION BY LIST (shard);
CREATE TABLE shard (number bigint PRIMARY KEY CHECK (number BETWEEN 0 AND 1000000), name text NOT NULL UNIQUE,
  points bigint NOT NULL DEFAULT 0);   -- how many keys were given
CREATE TABLE shard_region (region text PRIMARY KEY, shard bigint NOT NULL REFERENCES shard);
INSERT INTO shard (number, name) VALUES (0, 'local');

-- ---- months -----------------------------------------------------------------------------------------------------

-- A month is 12 * year + month, that from 0 to 11; an hour is counted from 1970 on.
CREATE FUNCTION gdp_month_hour (month bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
RETURN (make_date ((month / 12)::integer, (month % 12)::integer + 1, 1) - date '1970-01-01') * 24::bigint;
CREATE FUNCTION gdp_hour_month (hour bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
RETURN (12 * extract (year FROM timestamp 'epoch' + hour * interval '1 hour')
        + extract (month FROM timestamp 'epoch' + hour * interval '1 hour') - 1)::bigint;

-- What has no partition, because its time is nobody's or one could not be made, is among the others of its shard, and moves
-- when there is one. None is made or dropped while somebody reads all of history, because whoever came then would wait, too.
CREATE FUNCTION gdp_keep_month () RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '200ms' AS $$
DECLARE
  its record;
  hours name;
  part name;
BEGIN
  IF TG_OP = 'INSERT' THEN its := NEW; ELSE its := OLD; END IF;
  hours := format ('sample_hour_%s', its.shard);
  part := format ('%s_%s%s', hours, its.month / 12, to_char (its.month % 12 + 1, 'FM00'));
  IF TG_OP = 'DELETE' THEN
    EXECUTE format ('DROP TABLE %I', part);
    RETURN OLD;
  ELSIF its.month NOT BETWEEN 12 * 2000 AND 12 * 2100
        OR EXISTS (SELECT FROM shard_month m WHERE m.shard = its.shard AND m.month = its.month) THEN
    RETURN NULL;
  END IF;
  EXECUTE format ('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, hours);
  EXECUTE format ('WITH moved AS (DELETE FROM %I WHERE hour >= $1 AND hour < $2 RETURNING *) INSERT INTO %I SELECT * FROM moved',
                  hours || '_other', part) USING gdp_month_hour (its.month), gdp_month_hour (its.month + 1);
  EXECUTE format ('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', hours, part, gdp_month_hour (its.month),
                  gdp_month_hour (its.month + 1));
  RETURN NEW;
EXCEPTION WHEN lock_not_available THEN
  RETURN NULL;
END $$;

-- ---- shards -----------------------------------------------------------------------------------------------------

-- The part of @kept ('sample_hour', …) that is the shard's, and the keys that are in it, in words of CREATE TABLE.
CREATE FUNCTION gdp_shard_part (kept text, number bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN format ('%I PARTITION OF %I', kept || '_' || number, kept);
CREATE FUNCTION gdp_shard_keys (kept text, number bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE kept WHEN 'shard_month' THEN format ('FOR VALUES IN (%s)', number)
  ELSE format ('FOR VALUES FROM (%s) TO (%s)', CASE number WHEN 0 THEN 'MINVALUE' ELSE (number << 32)::text END,
               (number + 1) << 32) END;

CREATE FUNCTION gdp_make_shard (number bigint) RETURNS void LANGUAGE plpgsql AS $$
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
END $$;

-- Points of sites in @regions that are imported from now on are in the shard @number.
CREATE FUNCTION gdp_begin_shard (number bigint, name text, regions text[]) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
  INSERT INTO shard (number, name) VALUES (number, name);
  INSERT INTO shard_region (region, shard) SELECT its, number FROM unnest (regions) AS its;
  INSERT INTO sealing (shard, step, sealed_seq, seal_seq, seal_point, packed, packing, pack_point)
    SELECT number, 0, trimmed_seq, 0, 0, 0, 0, 0 FROM meta FOR UPDATE;
END $$;

-- For the administrator of the database: a shard that is kept here. One that another database keeps is made in regions.sql.
CREATE FUNCTION gdp_add_shard (number bigint, name text, VARIADIC regions text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM gdp_make_shard (number);
  PERFORM gdp_begin_shard (number, name, regions);
END $$;
REVOKE ALL ON FUNCTION gdp_add_shard (bigint, text, text[]) FROM PUBLIC;

-- A point that is new gets its key in the shard of its site's region.
CREATE FUNCTION gdp_place_point () RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  place bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM point p WHERE p.id = NEW.id) THEN
    UPDATE shard SET points = points + 1 FROM site, shard_region r
      WHERE site.key = NEW.site AND r.region = site.region AND shard.number = r.shard AND shard.number > 0
      RETURNING (shard.number << 32) + shard.points INTO place;
    NEW.key := coalesce (place, NEW.key);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER place_point BEFORE INSERT ON point FOR EACH ROW EXECUTE FUNCTION gdp_place_point ();

-- What acts as its owner looks into nobody else's tables.
DO $$
DECLARE
  its regprocedure;
BEGIN
  FOREACH its IN ARRAY ARRAY['gdp_keep_month ()', 'gdp_place_point ()', 'gdp_add_shard (bigint, text, text[])']::regprocedure[] LOOP
    EXECUTE format ('ALTER FUNCTION %s SET search_path = %I, pg_temp', its, current_schema ());
  END LOOP;
END $$;

-- ---- what is there already ----------------------------------------------------------------------------------------

SELECT gdp_make_shard (0);
INSERT INTO shard_month SELECT DISTINCT 0, gdp_hour_month (hour) FROM sample_hour_before;
INSERT INTO sample_hour (point, hour, first, last, min, max, sum, held, good, last_value, count, last_reason, worst, block)
  SELECT point, hour, first, last, min, max, sum, held, good, last_value, count, last_reason, worst, block FROM sample_hour_before;
INSERT INTO sample_month SELECT * FROM sample_month_before;
INSERT INTO sample_year SELECT * FROM sample_year_before;
INSERT INTO sample_damaged SELECT * FROM sample_damaged_before;
DROP TABLE sample_hour_before, sample_month_before, sample_year_before, sample_damaged_before;
