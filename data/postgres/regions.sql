-- SPDX-License-Identifier: GPL-3.0-or-later
-- A region whose sealed history another PostgreSQL keeps; what shards are stands in shards.sql, which this one function
-- takes the place of.

-- For the administrator of the database: a shard that is kept by the store that the foreign server @name leads to, where
-- gdp_add_shard () made it.
CREATE OR REPLACE FUNCTION gdp_add_remote_shard (number bigint, name text, VARIADIC regions text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  owner CONSTANT text := (SELECT relowner::regrole::text FROM pg_class WHERE oid = 'meta'::regclass);
  usual record;
  kept text;
BEGIN
  FOR usual IN SELECT * FROM (VALUES
      ('async_capable', 'true'), ('fetch_size', '1000'), ('batch_size', '256'), ('keep_connections', 'on'),
      ('connect_timeout', '10'), ('tcp_user_timeout', '5000'), ('keepalives_idle', '5'), ('keepalives_interval', '2'),
      ('keepalives_count', '3')) AS options (option, value)
    WHERE option NOT IN (SELECT o.option_name FROM pg_foreign_server s, pg_options_to_table (s.srvoptions) o
                         WHERE s.srvname = gdp_add_remote_shard.name) LOOP
    EXECUTE format ('ALTER SERVER %I OPTIONS (ADD %I %L)', name, usual.option, usual.value);
  END LOOP;
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
