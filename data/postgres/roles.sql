-- SPDX-License-Identifier: GPL-3.0-or-later
-- Roles in the database itself: what a role may not, its connections cannot, whatever program they run. To be run once by a
-- superuser in a store's database, when its tables are there:
--
--   psql -d gdp -v ON_ERROR_STOP=1 -1 -f roles.sql
--   CREATE ROLE "Ivanova" LOGIN IN ROLE gdp_dispatcher;      a person: the database's name of it is the name
--   CREATE ROLE west LOGIN IN ROLE gdp_server;               a server
--
-- What each may is grants.sql, which whoever migrates the store applies anew. Taking it back: DROP VIEW gdp_operator, and
-- then the rights of the roles.

SET client_min_messages = warning;
DO $$
DECLARE
  below text;
  role text;
  owner CONSTANT name := (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'meta');
BEGIN
  IF owner IS NULL THEN
    RAISE EXCEPTION 'the database % holds no store yet', current_database ()
      USING HINT = 'Import passports first, or start gdp-server once, as the user that is to own the tables.';
  END IF;
  PERFORM pg_advisory_xact_lock (1195659313);
  FOREACH role IN ARRAY ARRAY['gdp_viewer', 'gdp_dispatcher', 'gdp_senior_dispatcher', 'gdp_engineer',
                              'gdp_administrator'] LOOP
    IF to_regrole (role) IS NULL THEN
      EXECUTE format ('CREATE ROLE %I NOLOGIN', role);
    END IF;
    IF below IS NOT NULL THEN
      EXECUTE format ('GRANT %I TO %I', below, role);   -- each may all that the one before may
    END IF;
    below := role;
  END LOOP;
  IF to_regrole ('gdp_server') IS NULL THEN
    CREATE ROLE gdp_server NOLOGIN;
  END IF;
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  EXECUTE format ('SET LOCAL ROLE %I', owner);   -- what the store has is its owner's
  PERFORM gdp_grant ();
  RESET ROLE;
END $$;
