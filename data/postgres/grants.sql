-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the roles of roles.sql may in this store. Made by its owner when the tables are, and anew when a program with a newer
-- file comes; gdp_grant () does nothing to a store until roles.sql calls it, and after every migration from then on.
--
-- Below an engineer a person writes nothing but what gdp_post () writes, and locks nothing that writers wait for. An
-- engineer writes the configuration and what the journal says of it; that the rest of `meta` stands is a trigger's to see.
-- What a hostile engineer can still do, break the journal's chain or leave a change out of it, gdpctl verify tells in the
-- first case.

-- Numbers only grow; how far measurements are is for whoever may write them.
CREATE OR REPLACE FUNCTION gdp_guard_meta () RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq < OLD.seq OR NEW.revision < OLD.revision OR NEW.journal_count < OLD.journal_count
     OR ((NEW.live_seq, NEW.span_seq, NEW.trimmed_seq) IS DISTINCT FROM (OLD.live_seq, OLD.span_seq, OLD.trimmed_seq)
         AND NOT has_table_privilege ('sample', 'INSERT')) THEN
    RAISE EXCEPTION 'this user may not change the numbers of the store so' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

-- As data_store_post (), in the name of who is connected, at the database's time. The command has no number yet (seq = 0) and
-- `meta` is not touched, so that a transaction which is left open here keeps nobody waiting: whichever server takes the
-- command numbers it. Which command takes which role is the server's to judge, which asks gdp_operator.
CREATE OR REPLACE FUNCTION gdp_post (kind text, object text, argument bigint, detail text, place text, comment text)
RETURNS TABLE (id bigint, posted bigint, expires bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  moment CONSTANT bigint := (extract (epoch FROM clock_timestamp ()) * 1000000)::bigint;
  life CONSTANT bigint := 10000000;   -- DATA_COMMAND_LIFE
BEGIN
  RETURN QUERY
    INSERT INTO command (seq, state, kind, object, argument, detail, who, "where", comment, posted, expires)
    VALUES (0, 'posted', gdp_post.kind, gdp_post.object, gdp_post.argument, gdp_post.detail, session_user, place,
            gdp_post.comment, moment, moment + life)
    RETURNING command.id, command.posted, command.expires;
  PERFORM pg_notify ('gdp', '');
END $$;
REVOKE ALL ON FUNCTION gdp_post (text, text, bigint, text, text, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION gdp_grant () RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp SET client_min_messages = warning AS $$
DECLARE
  its_table regclass;
  its_function regprocedure;
BEGIN
  -- As the table `operator`, which counts no more.
  CREATE OR REPLACE VIEW gdp_operator AS
    SELECT person.rolname::text AS name, role.word AS role, 0::bigint AS since, NULL::text AS who, NULL::text AS password
    FROM pg_roles person CROSS JOIN LATERAL (
      SELECT word FROM (VALUES (1, 'gdp_viewer', 'viewer'), (2, 'gdp_dispatcher', 'dispatcher'),
                               (3, 'gdp_senior_dispatcher', 'senior-dispatcher'), (4, 'gdp_engineer', 'engineer'),
                               (5, 'gdp_administrator', 'administrator')) ranks (rank, member, word)
      WHERE pg_has_role (person.oid, member, 'MEMBER') ORDER BY rank DESC LIMIT 1) role
    WHERE person.rolcanlogin AND NOT person.rolsuper;
  DELETE FROM operator;

  -- Of the store's own tables alone; whoever reads a partition reads it through what it is a part of.
  FOR its_table IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
      AND NOT relispartition AND pg_get_userbyid (relowner) = current_user LOOP
    EXECUTE format ('REVOKE ALL ON %s FROM PUBLIC, gdp_viewer, gdp_dispatcher, gdp_senior_dispatcher, gdp_engineer, '
                    'gdp_administrator, gdp_server', its_table);
    EXECUTE format ('GRANT SELECT ON %s TO gdp_viewer; GRANT SELECT, INSERT, UPDATE, DELETE ON %1$s TO gdp_server', its_table);
  END LOOP;
  REVOKE INSERT, UPDATE, DELETE ON operator, store_version FROM gdp_server;
  REVOKE UPDATE, DELETE ON journal, configuration_history FROM gdp_server;
  GRANT INSERT, UPDATE, DELETE ON link, profile, profile_register, site, site_contact, site_card, unit, point, schedule, firmware,
    firmware_wish, stream_mark, device, session, stranger TO gdp_engineer;
  GRANT INSERT ON journal, configuration_history TO gdp_engineer;
  GRANT UPDATE ON meta TO gdp_engineer;

  -- What acts with its owner's rights is for servers, but posting.
  FOR its_function IN SELECT oid FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
      AND pg_get_userbyid (proowner) = current_user LOOP
    EXECUTE format ('REVOKE ALL ON FUNCTION %s FROM PUBLIC', its_function);
    EXECUTE format ('GRANT EXECUTE ON FUNCTION %s TO gdp_server', its_function);
  END LOOP;
  GRANT EXECUTE ON FUNCTION gdp_post (text, text, bigint, text, text, text) TO gdp_dispatcher;

  -- An engineer signs what it does.
  ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
  ALTER TABLE configuration_history ENABLE ROW LEVEL SECURITY;
  DROP POLICY IF EXISTS gdp_read ON journal;
  DROP POLICY IF EXISTS gdp_read ON configuration_history;
  DROP POLICY IF EXISTS gdp_serve ON journal;
  DROP POLICY IF EXISTS gdp_serve ON configuration_history;
  DROP POLICY IF EXISTS gdp_sign ON journal;
  DROP POLICY IF EXISTS gdp_sign ON configuration_history;
  CREATE POLICY gdp_read ON journal FOR SELECT USING (true);
  CREATE POLICY gdp_read ON configuration_history FOR SELECT USING (true);
  CREATE POLICY gdp_serve ON journal FOR INSERT TO gdp_server WITH CHECK (true);
  CREATE POLICY gdp_serve ON configuration_history FOR INSERT TO gdp_server WITH CHECK (true);
  CREATE POLICY gdp_sign ON journal FOR INSERT TO gdp_engineer WITH CHECK (who = session_user);
  CREATE POLICY gdp_sign ON configuration_history FOR INSERT TO gdp_engineer WITH CHECK (who = session_user);
  CREATE OR REPLACE TRIGGER gdp_guard BEFORE UPDATE ON meta FOR EACH ROW EXECUTE FUNCTION gdp_guard_meta ();

  -- Commands of gdp_post () have numbers of their own: never one that `meta` gives, and whole in a double.
  PERFORM setval ('command_id_seq', 4503599627370496) FROM command_id_seq WHERE last_value < 4503599627370496;
END $$;
