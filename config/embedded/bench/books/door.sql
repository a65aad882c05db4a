-- One gift through the books' one door.
\set n random(0, :last)
\set kopecks random(1, 500000)
\set key random(1, 9000000000000000000)
SELECT post_operation('gift', 'bench-' || :n::int, '2026-11-25', 'Пожертвование № 000001', 'bench:' || :key::bigint, NULL, '{}', '{57.yookassa}', ARRAY['86.bench-' || :n::int], ARRAY[:kopecks::bigint], '{}');
