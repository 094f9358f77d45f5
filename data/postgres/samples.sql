-- SPDX-License-Identifier: GPL-3.0-or-later
-- gdp_samples (): readings, sealed, put aside and hot, for whatever speaks SQL. What a block is stands in data/block.h, what a
-- column is in data/packing.h; which readings count where in data/sql-sealed.h. Names and types of what is here are what
-- others rely on.

-- CRC-32C of the first @length bytes, half a byte a step.
CREATE OR REPLACE FUNCTION gdp_crc32c (block bytea, length integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  steps CONSTANT bigint[] := '{0,274646895,549293790,820201905,1098587580,1361435347,1640403810,1905808397,'
    '2197175160,2460548119,2722870694,2987750089,3280807620,3553878443,3811616794,4084100981}';
  crc bigint := 4294967295;
BEGIN
  FOR i IN 0 .. length - 1 LOOP
    crc := crc # get_byte (block, i);
    crc := (crc >> 4) # steps[1 + (crc & 15)];
    crc := (crc >> 4) # steps[1 + (crc & 15)];
  END LOOP;
  RETURN crc # 4294967295;
END $$;

-- A block that is as it was written. Its checksum is in the same place in every version.
CREATE OR REPLACE FUNCTION gdp_block_whole (block bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  n CONSTANT integer := length (block) - 4;
BEGIN
  RETURN n >= 4 AND gdp_crc32c (block, n) = ('x' || encode (substr (block, n + 1), 'hex'))::bit (32)::bigint;
END $$;

-- 7 bits a byte, lowest first. @at: the byte to read next, from 0 on; so in all that follows.
CREATE OR REPLACE FUNCTION gdp_unpack_size (block bytea, INOUT at integer, OUT number bigint)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  part bigint := 128;
BEGIN
  number := 0;
  FOR i IN 0 .. 9 LOOP
    EXIT WHEN part < 128;
    part := get_byte (block, at);
    number := number | ((part & 127) << (7 * i));
    at := at + 1;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION gdp_unpack_number (block bytea, INOUT at integer, OUT number bigint)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  SELECT s.at, (s.number >> 1) # -(s.number & 1) INTO at, number FROM gdp_unpack_size (block, at) s;
END $$;

-- @bits: those of @block.
CREATE OR REPLACE FUNCTION gdp_unpack_column (block bytea, bits bit varying, n integer, INOUT at integer,
                                              OUT numbers bigint[])
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  form integer;
  number bigint;
  runs bigint;
  lengths bigint[];
  k integer;
  smooth integer;
  differences integer;
  place integer;      -- among the bits, from 1 on
  zeros bigint;
  width integer;
  z bigint;
  x bigint;
  level bigint;
BEGIN
  numbers := '{}';
  IF n = 0 THEN
    RETURN;
  END IF;
  form := get_byte (block, at);
  at := at + 1;
  IF form = 0 THEN
    SELECT s.at, s.number INTO at, number FROM gdp_unpack_number (block, at) s;
    numbers := array_fill (number, ARRAY[n]);
  ELSIF form = 1 THEN
    SELECT s.at, s.number INTO at, runs FROM gdp_unpack_size (block, at) s;
    SELECT c.at, c.numbers INTO at, lengths FROM gdp_unpack_column (block, bits, runs::integer, at) c;
    SELECT c.at, c.numbers INTO at, numbers FROM gdp_unpack_column (block, bits, runs::integer, at) c;
    numbers := (SELECT array_agg (r.number ORDER BY r.run)
                FROM unnest (lengths, numbers) WITH ORDINALITY r (length, number, run), generate_series (0, r.length));
  ELSIF form BETWEEN 16 AND 31 THEN
    differences := (form >> 3) & 1;
    smooth := form & 7;
    SELECT s.at, s.number INTO at, number FROM gdp_unpack_number (block, at) s;
    numbers[1] := number;
    k := get_byte (block, at);
    place := 8 * (at + 1) + 1;
    level := 64 * number * (1 - differences);
    FOR i IN 2 .. n LOOP
      zeros := position (B'1' IN substring (bits FROM place FOR 16)) - 1;
      IF zeros >= 0 THEN
        z := (zeros << k) | substring (bits FROM place + zeros::integer + 1 FOR k)::bigint;
        place := place + zeros::integer + 1 + k;
      ELSE
        width := substring (bits FROM place + 16 FOR 6)::integer + 1;
        z := substring (bits FROM place + 22 FOR width)::bigint;
        place := place + 22 + width;
      END IF;
      x := ((level + 32) >> 6) + ((z >> 1) # -(z & 1));
      number := x + differences * number;
      level := level + ((64 * x - level) >> smooth);
      numbers[i] := number;
    END LOOP;
    at := (place + 6) / 8;
  ELSE
    RAISE EXCEPTION 'no column has the form %', form USING ERRCODE = 'data_corrupted';
  END IF;
END $$;

-- 8 bytes, highest first, as the double that they are; never infinite nor NaN.
CREATE OR REPLACE FUNCTION gdp_unpack_double (block bytea, at integer) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  bits CONSTANT bigint := ('x' || encode (substr (block, at + 1, 8), 'hex'))::bit (64)::bigint;
  exponent CONSTANT integer := (bits >> 52) & 2047;
  fraction CONSTANT double precision := (bits & 4503599627370495)::double precision / 4503599627370496;
BEGIN
  RETURN CASE WHEN bits < 0 THEN -1 ELSE 1 END * (CASE WHEN exponent > 0 THEN 1 ELSE 0 END + fraction)
         * power (2::double precision, greatest (exponent, 1) - 1023);
END $$;

-- Times in µs since 1970.
CREATE OR REPLACE FUNCTION gdp_unpack_block (block bytea)
RETURNS TABLE ("time" bigint, received bigint, value double precision, reason integer)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  bytes CONSTANT bytea := block || ''::bytea;   -- or each byte read would unpack a big one from where it is kept
  bits CONSTANT bit varying := ('x' || encode (bytes, 'hex'))::bit varying;
  at integer := 1;
  n integer;
  head integer;
  step double precision;
  parts double precision := 1;
  unit bigint;
  first bigint;
  period bigint;
  beat bigint := 0;
  jitter bigint := 0;
  beats bigint[];
  jitters bigint[];
  delays bigint[];
  kinds bigint[];
  steps bigint[];
  on_grid integer := 0;
BEGIN
  IF get_byte (bytes, 0) <> 1 THEN
    RAISE EXCEPTION 'a block of version %, this function reads version 1', get_byte (bytes, 0)
      USING ERRCODE = 'feature_not_supported', HINT = 'A newer program wrote it; run gdpctl migrate of that one.';
  END IF;
  SELECT s.at, s.number INTO at, n FROM gdp_unpack_size (bytes, at) s;
  head := get_byte (bytes, at);
  at := at + 1;
  IF n = 0 THEN
    RETURN;
  ELSIF head & 15 = 15 THEN
    step := gdp_unpack_double (bytes, at);
    at := at + 8;
    IF step BETWEEN 1e-300 AND 1 AND 1 / round (1 / step) = step THEN   -- see gdp_grid ()
      parts := round (1 / step);
      step := 1;
    END IF;
  ELSE
    SELECT s.at, s.number INTO at, step FROM gdp_unpack_number (bytes, at) s;
    parts := ('1e' || (head & 15))::double precision;
  END IF;
  unit := (ARRAY[1, 1000, 1000000])[1 + ((head >> 4) & 3)];
  SELECT s.at, s.number INTO at, first FROM gdp_unpack_number (bytes, at) s;
  SELECT s.at, s.number INTO at, period FROM gdp_unpack_size (bytes, at) s;
  SELECT c.at, c.numbers INTO at, beats FROM gdp_unpack_column (bytes, bits, n - 1, at) c;
  SELECT c.at, c.numbers INTO at, jitters FROM gdp_unpack_column (bytes, bits, n - 1, at) c;
  SELECT c.at, c.numbers INTO at, delays FROM gdp_unpack_column (bytes, bits, n, at) c;
  SELECT c.at, c.numbers INTO at, kinds FROM gdp_unpack_column (bytes, bits, n, at) c;
  SELECT c.at, c.numbers INTO at, steps
    FROM gdp_unpack_column (bytes, bits, (SELECT count (*) FROM unnest (kinds) kind WHERE kind & 3 = 0)::integer, at) c;
  FOR i IN 1 .. n LOOP
    IF i > 1 THEN
      beat := beat + beats[i - 1];
      jitter := jitters[i - 1];
    END IF;
    "time" := first + unit * (period * beat + jitter);
    received := delays[i] + CASE WHEN (head >> 6) & 1 = 1 THEN first ELSE "time" END;
    reason := kinds[i] >> 2;
    value := NULL;
    IF kinds[i] & 3 = 0 THEN
      on_grid := on_grid + 1;
      value := steps[on_grid]::double precision * step / parts;
    ELSIF kinds[i] & 3 = 2 THEN
      value := gdp_unpack_double (bytes, at);
      at := at + 8;
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION gdp_time (us bigint) RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN timestamptz 'epoch' + us * interval '1 microsecond';

-- Every time that a reading can have lies between the two.
CREATE OR REPLACE FUNCTION gdp_time_us (moment timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (extract (epoch FROM greatest (timestamptz '1684-01-01 00:00:00Z', least (timestamptz '2256-01-01 00:00:00Z', moment)))
        * 1000000)::bigint;

-- gdp_reason_quality ().
CREATE OR REPLACE FUNCTION gdp_quality (reason integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN reason < 16 THEN 'good' WHEN reason < 32 THEN 'uncertain' ELSE 'bad' END;

-- The readings of the point with the key @point from @since on, before @until; each once, in no order. @value may be NULL;
-- of quality 'bad' it is the last that could be used. @reason: see gdp/quality.h. An hour that is damaged is left out,
-- with a warning.
CREATE OR REPLACE FUNCTION gdp_samples (point bigint, since timestamptz, until timestamptz)
RETURNS TABLE ("time" timestamptz, value double precision, quality text, reason integer, received timestamptz)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
  start CONSTANT bigint := gdp_time_us (since);
  past CONSTANT bigint := gdp_time_us (until);
  hour_us CONSTANT bigint := 3600000000;
  sealed record;
  spanned bigint;    -- all hot rows up to this number are in spans
  gone bigint;       -- of this point all rows up to this number are in hours
  first_hour CONSTANT bigint := floor (start / hour_us::numeric);
  last_hour bigint;  -- that can be sealed
BEGIN
  SELECT span_seq, greatest (trimmed_seq, sealed_seq, CASE WHEN gdp_samples.point <= seal_point THEN seal_seq END),
      least (floor ((past - 1) / hour_us::numeric)::bigint, end_hour - 1)
    INTO STRICT spanned, gone, last_hour FROM meta LEFT JOIN sealing ON shard = gdp_samples.point >> 32;
  IF first_hour <= last_hour THEN   -- else nobody is asked
    FOR sealed IN SELECT h.hour, h.block FROM sample_hour h WHERE h.point = gdp_samples.point
        AND h.hour BETWEEN first_hour AND last_hour LOOP
      IF gdp_block_whole (sealed.block) THEN
        RETURN QUERY SELECT gdp_time (b."time"), b.value, gdp_quality (b.reason), b.reason, gdp_time (b.received)
          FROM gdp_unpack_block (sealed.block) b WHERE b."time" >= start AND b."time" < past;
      ELSE
        RAISE WARNING 'the sealed hour % of point % is damaged', gdp_time (sealed.hour * hour_us), point
          USING HINT = 'gdpctl verify tells all that are.';
      END IF;
    END LOOP;
  END IF;
  RETURN QUERY
    SELECT gdp_time (s."time"), s.value, gdp_quality (s.reason::integer), s.reason::integer, gdp_time (s."time" + s.delay)
    FROM (SELECT r.* FROM sample_span, sample r WHERE r.seq BETWEEN first_seq AND last_seq AND r.seq > gone
            AND max_time >= start AND min_time < past
          UNION ALL
          SELECT r.* FROM sample r WHERE r.seq > greatest (spanned, gone)
          UNION ALL
          SELECT r.seq, r.point, r."time", r.delay, r.value, r.reason FROM sample_aside r WHERE r.seq <= gone
            AND r.point = gdp_samples.point AND r."time" >= start AND r."time" < past) s
    WHERE s.point = gdp_samples.point AND s."time" >= start AND s."time" < past;
END $$;

-- The same by the point's id, such as 'GDP-003/p1'.
CREATE OR REPLACE FUNCTION gdp_samples (id text, since timestamptz, until timestamptz)
RETURNS TABLE ("time" timestamptz, value double precision, quality text, reason integer, received timestamptz)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
  found_key CONSTANT bigint := (SELECT p.key FROM point p WHERE p.id = gdp_samples.id);
BEGIN
  IF found_key IS NULL THEN
    RAISE EXCEPTION 'there is no point %', id USING ERRCODE = 'no_data_found', HINT = 'SELECT id FROM point tells all.';
  END IF;
  RETURN QUERY SELECT * FROM gdp_samples (found_key, since, until);
END $$;
