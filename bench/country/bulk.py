"""The rest of the country, made inside PostgreSQL: one INSERT … SELECT for each table and desk.

`cases` numbers the cases of enterprises from 0 and says of each whether it was forwarded to the district, chosen for the organiser, and titled, or is
the second one of the person before (`again`); every statement reads it. Proportions are in `bench.country.volumes`. Neighbouring numbers are in one
union, so that rows are written in order.
"""

PLAN = """
CREATE TEMP TABLE plan AS SELECT $1::bigint AS fixed, $2::bigint AS tenants, $3::bigint AS c0, $4::bigint AS d0, $5::bigint AS e0,
 $6::bigint AS provinces, $7::bigint AS cities, $8::bigint AS districts, $9::bigint AS enterprises, $10::bigint AS a1, $11::bigint AS a2,
 $12::bigint AS a3, $13::bigint AS titles, $14::bigint AS title_step, $15::bigint AS years, $16::date AS today,
 $17::text[] AS surnames, $18::text[] AS surname_keys, $19::text[] AS given, $20::text[] AS given_keys, $21::text[] AS occupations
"""
CASES = """
CREATE TEMP VIEW cases AS
SELECT *, pg_temp.key(1, enterprise) AS unit_id, pg_temp.key(1, desk) AS desk_id, pg_temp.key(1, organiser) AS organiser_id,
 pg_temp.key(6, organiser * 16 + years - 1 - age) AS edition_id, pg_temp.key(9, n) AS case_id,
 (today - (age * 365 + n % 200)::int)::timestamptz AS at
FROM (
 SELECT *, CASE WHEN sort = 2 THEN province ELSE district END AS desk,
  CASE sort WHEN 0 THEN city WHEN 1 THEN province ELSE 0 END AS organiser
 FROM (
  SELECT *, CASE WHEN titled THEN 3 + k / title_step % (years - 3) ELSE (n + n / 7) % years END AS age,
   CASE WHEN NOT chosen OR k % 62 < 50 THEN 0 WHEN k % 62 < 60 THEN 1 ELSE 2 END AS sort,
   c0 + (district - d0) * cities / districts AS city,
   fixed + ((district - d0) * cities / districts) * provinces / cities AS province
  FROM (
   SELECT n, n / 8 AS m, n / 24 AS k, n % 8 = 0 AND n / 8 < a2 AS forwarded, n % 24 = 0 AND n / 24 < a3 AS chosen,
    n % 16 = 5 AND n * enterprises / a1 = (n - 1) * enterprises / a1 AS again,
    n % 24 = 0 AND n / 24 % title_step = 0 AND n / 24 / title_step < titles AS titled, e0 + n * enterprises / a1 AS enterprise,
    d0 + (n * enterprises / a1) * districts / enterprises AS district, plan.*
   FROM plan, generate_series(0, plan.a1 - 1) n) numbered) placed) sorted
"""
_PERSON = """
INSERT INTO person (tenant_id, id, name, name_sort_key, sex, birth_month, id_number_hint, id_number_index, employer, occupation, industry,
 education, skill_grade, frontline_since, in_service, is_migrant_worker, version, created_at, updated_at)
"""
_FILE = """
 surnames[1 + n % 40] || given[1 + n / 40 % 25], surname_keys[1 + n % 40] || ' ' || given_keys[1 + n / 40 % 25],
 CASE WHEN n % 3 = 0 THEN 'female' ELSE 'male' END, (1962 + n % 38) || '-0' || 1 + n % 9, lpad((n % 10000)::text, 4, '0'), sha256(int8send(n)),
 '第' || enterprise || '企业', occupations[1 + n % 10], '制造业', '高职', '技师', (1990 + n % 25) || '-07', true, n % 7 = 0, 1, at, at FROM cases
"""
_APPLICATION = """
INSERT INTO application (tenant_id, id, case_id, edition_id, organiser_id, person_id, desk, state, applying_unit_id, recommending_unit_id, deeds,
 unit_opinion, opinion, titles_held, route_so_far, consent_on, open_objections, version, created_at, updated_at)
"""
_DEEDS = "'改进工艺三项，带出技师六人，一次合格率保持在百分之九十九以上。'"
_BELOW = """CASE WHEN forwarded THEN 'endorsed' WHEN age = 0 THEN (array['draft', 'submitted', 'declined'])[1 + n % 3]
 WHEN n % 10 < 4 THEN 'declined' WHEN n % 10 < 6 THEN 'withdrawn' ELSE 'draft' END"""
_MIDDLE = "CASE WHEN chosen THEN 'recommended' WHEN age = 0 THEN 'at_recommending_unit' ELSE 'not_recommended' END"
_ABOVE = """CASE WHEN titled AND k / title_step % 40 = 39 THEN 'revoked' WHEN titled THEN 'certified' WHEN age = 0 THEN 'received'
 WHEN age = 1 THEN (array['formal_passed', 'proposed', 'formal_rejected', 'not_proposed'])[1 + k % 4]
 WHEN k % 3 = 0 THEN 'formal_rejected' ELSE 'not_proposed' END"""
_ACT = "INSERT INTO case_act (tenant_id, id, application_id, act, from_state, to_state, at, actor) SELECT "
_HANDOVER = """
INSERT INTO handover (tenant_id, id, correlation_id, case_id, direction, kind, counterpart_id, edition_id, application_id, person_name, state,
 snapshot_sha256, snapshot_number, fields, version, created_at, updated_at) SELECT
"""
_SENT = "surnames[1 + n % 40] || given[1 + n / 40 % 25], 'accepted', lpad(to_hex(n), 64, '0'), 1, '[]', 1, at, at FROM cases WHERE"
_TITLED = "FROM cases WHERE titled"
_TITLE_NAME = "CASE sort WHEN 0 THEN '市级工匠' WHEN 1 THEN '省级工匠' ELSE '大国工匠' END"
_TITLE_CODE = """CASE sort WHEN 0 THEN 'c' || lpad((city - c0)::text, 3, '0')
 WHEN 1 THEN 'p' || lpad((province - fixed)::text, 2, '0') ELSE 'national' END || '_craftsman'"""

STATEMENTS: tuple[tuple[str, str], ...] = (
    ("person", f"{_PERSON} SELECT unit_id, pg_temp.key(7, n), {_FILE} WHERE NOT again"),
    ("person", f"{_PERSON} SELECT desk_id, pg_temp.key(7, 100000000 + m), {_FILE} WHERE forwarded"),
    ("person", f"{_PERSON} SELECT organiser_id, pg_temp.key(7, 200000000 + k), {_FILE} WHERE chosen"),
    (
        "application",
        f"""{_APPLICATION} SELECT unit_id, pg_temp.key(8, n), case_id, edition_id, organiser_id,
        pg_temp.key(7, CASE WHEN again THEN n - 1 ELSE n END), 'applying_unit', {_BELOW}, unit_id, NULL, {_DEEDS},
        CASE WHEN forwarded THEN '同意，材料属实' END, NULL, '[]', '[]', '2024-01-05', 0, 1, at, at FROM cases""",
    ),
    (
        "application",
        f"""{_APPLICATION} SELECT desk_id, pg_temp.key(8, 100000000 + m), case_id, edition_id, organiser_id,
        pg_temp.key(7, 100000000 + m), 'recommending_unit', {_MIDDLE}, unit_id, desk_id, {_DEEDS}, '同意，材料属实',
        CASE WHEN chosen THEN '同意推荐' END, '[]', '[]', '2024-01-05', 0, 1, at, at FROM cases WHERE forwarded""",
    ),
    (
        "application",
        f"""{_APPLICATION} SELECT organiser_id, pg_temp.key(8, 200000000 + k), case_id, edition_id, organiser_id,
        pg_temp.key(7, 200000000 + k), 'organiser', {_ABOVE}, unit_id, desk_id, {_DEEDS}, '同意，材料属实', '同意推荐',
        '[]', '[]', '2024-01-05', 0, 1, at, at FROM cases WHERE chosen""",
    ),
    (
        "case_act",
        f"""{_ACT} unit_id, pg_temp.key(10, n * 4 + step), pg_temp.key(8, n),
        (array['create', 'submit', CASE WHEN forwarded THEN 'endorse' ELSE 'decline' END])[step + 1],
        (array[NULL, 'draft', 'submitted'])[step + 1], (array['draft', 'submitted', {_BELOW}])[step + 1], at, '王经办'
        FROM cases, generate_series(0, 2) step WHERE step = 0 OR step = 1 AND {_BELOW} NOT IN ('draft', 'withdrawn')
        OR step = 2 AND {_BELOW} IN ('endorsed', 'declined')""",
    ),
    (
        "case_act",
        f"""{_ACT} desk_id, pg_temp.key(10, (100000000 + m) * 4 + step), pg_temp.key(8, 100000000 + m),
        (array['receive', CASE WHEN chosen THEN 'recommend' ELSE 'not_recommend' END])[step], CASE WHEN step = 2 THEN 'at_recommending_unit' END,
        CASE WHEN step = 1 THEN 'at_recommending_unit' ELSE {_MIDDLE} END, at, '张推荐' FROM cases, generate_series(1, 2) step
        WHERE forwarded AND (step = 1 OR {_MIDDLE} <> 'at_recommending_unit')""",
    ),
    (
        "case_act",
        f"""{_ACT} organiser_id, pg_temp.key(10, (200000000 + k) * 4 + step), pg_temp.key(8, 200000000 + k),
        (array['receive', 'formal_pass', 'certify'])[step], (array[NULL, 'received', 'assessed_pass'])[step],
        (array['received', 'formal_passed', 'certified'])[step], at, '刘审核' FROM cases, generate_series(1, 3) step
        WHERE chosen AND (step = 1 OR step = 2 AND age > 0 OR step = 3 AND titled)""",
    ),
    (
        "evidence",
        """INSERT INTO evidence (tenant_id, id, application_id, force, item, title, version, created_at, updated_at)
        SELECT organiser_id, pg_temp.key(11, (200000000 + k) * 8 + step), pg_temp.key(8, 200000000 + k),
        (array['leadership', 'practice', 'innovation', 'breakthrough', 'inheritance'])[step], 1, '支撑材料', 1, at, at
        FROM cases, generate_series(1, 5) step WHERE chosen""",
    ),
    (
        "consent",
        """INSERT INTO consent (tenant_id, id, person_id, purpose, given_on, version, created_at, updated_at)
        SELECT unit_id, pg_temp.key(24, n), pg_temp.key(7, n), 'upward', '2024-01-05', 1, at, at FROM cases WHERE forwarded""",
    ),
    (
        "snapshot",
        """INSERT INTO snapshot (tenant_id, id, application_id, number, sha256, fields, made_at)
        SELECT unit_id, pg_temp.key(12, m), pg_temp.key(8, n), 1, lpad(to_hex(n), 64, '0'), '["deeds"]', at FROM cases WHERE forwarded""",
    ),
    (
        "case_claim",
        """INSERT INTO case_claim (edition_id, person_index, tenant_id, case_id, claimed_at)
        SELECT edition_id, sha256(int8send(n)), unit_id, case_id, at FROM cases WHERE forwarded""",
    ),
    (
        "handover",
        f"""{_HANDOVER} unit_id, pg_temp.key(13, m), pg_temp.key(14, m), case_id, 'outgoing', 'recommendation', desk_id, edition_id,
        pg_temp.key(8, n), {_SENT} forwarded""",
    ),
    (
        "handover",
        f"""{_HANDOVER} desk_id, pg_temp.key(13, 50000000 + m), pg_temp.key(14, m), case_id, 'incoming', 'recommendation', unit_id, edition_id,
        pg_temp.key(8, 100000000 + m), {_SENT} forwarded""",
    ),
    (
        "handover",
        f"""{_HANDOVER} desk_id, pg_temp.key(13, 100000000 + k), pg_temp.key(14, 100000000 + k), case_id, 'outgoing', 'recommendation', organiser_id,
        edition_id, pg_temp.key(8, 100000000 + m), {_SENT} chosen""",
    ),
    (
        "handover",
        f"""{_HANDOVER} organiser_id, pg_temp.key(13, 150000000 + k), pg_temp.key(14, 100000000 + k), case_id, 'incoming', 'recommendation', desk_id,
        edition_id, pg_temp.key(8, 200000000 + k), {_SENT} chosen""",
    ),
    (
        "title",
        f"""INSERT INTO title (tenant_id, id, programme_id, edition_id, application_id, case_id, person_id, title_code, name, granted_on,
        naming_document_no, state, version, created_at, updated_at) SELECT organiser_id, pg_temp.key(16, k), pg_temp.key(4, organiser), edition_id,
        pg_temp.key(8, 200000000 + k), case_id, pg_temp.key(7, 200000000 + k), {_TITLE_CODE}, {_TITLE_NAME}, at::date, '工发〔2024〕12号',
        CASE WHEN {_ABOVE} = 'revoked' THEN 'revoked' ELSE 'in_force' END, 1, at, at {_TITLED}""",
    ),
    (
        "certificate",
        f"""INSERT INTO certificate (tenant_id, id, title_id, number, awarding_body, issued_on, state, version, created_at, updated_at)
        SELECT organiser_id, pg_temp.key(17, k), pg_temp.key(16, k), '工匠-' || k, '总工会', at::date,
        CASE WHEN {_ABOVE} = 'revoked' THEN 'withdrawn' ELSE 'issued' END, 1, at, at {_TITLED}""",
    ),
    (
        "assessment",
        f"""INSERT INTO assessment (tenant_id, id, application_id, tasks_completed, qualified, opinion, assessed_on, assessor_id, version,
        created_at, updated_at) SELECT organiser_id, pg_temp.key(23, k), pg_temp.key(8, 200000000 + k), true, true, '合格', at::date,
        pg_temp.key(2, organiser), 1, at, at {_TITLED}""",
    ),
    (
        "cultivation_plan",
        f"""INSERT INTO cultivation_plan (tenant_id, id, edition_id, application_id, owner_kind, starts_on, ends_on, goals, safeguards, state, version,
        created_at, updated_at) SELECT organiser_id, pg_temp.key(22, k), edition_id, pg_temp.key(8, 200000000 + k), 'employer', at::date - 730,
        at::date, '攻关两项', '脱产研修', 'closed', 1, at, at {_TITLED}""",
    ),
    (
        "funding_record",
        f"""INSERT INTO funding_record (tenant_id, id, programme_id, edition_id, rule_code, cause, kind, amount_fen, case_id, person_id, year, due_on,
        purpose, payee_kind, recoverable, state, document, article, voucher_no, paid_on, version, created_at, updated_at)
        SELECT organiser_id, pg_temp.key(18, k), pg_temp.key(4, organiser), edition_id, 'C-CERT', 'title:' || pg_temp.key(16, k), 'subsidy', 500000,
        case_id, pg_temp.key(7, 200000000 + k), extract(year FROM at)::int, at::date + 30, '证书补助', 'person', 'yes', 'paid',
        '常工发〔2024〕60号', '第十六条', '记-' || k, at::date + 40, 1, at, at {_TITLED} AND sort = 0""",
    ),
    (
        "register_entry",
        f"""INSERT INTO register_entry (tenant_id, id, source_tenant_id, source_title_id, case_id, title_code, title_name, person_name, sex, employer,
        occupation, granted_on, state, version, created_at, updated_at) SELECT pg_temp.key(1, province), pg_temp.key(15, k), organiser_id,
        pg_temp.key(16, k), case_id, {_TITLE_CODE}, {_TITLE_NAME}, surnames[1 + n % 40] || given[1 + n / 40 % 25],
        CASE WHEN n % 3 = 0 THEN 'female' ELSE 'male' END, '第' || enterprise || '企业', occupations[1 + n % 10], at::date, 'in_force', 1, at, at
        {_TITLED} AND sort = 0""",
    ),
    (
        "notice",
        """INSERT INTO notice (tenant_id, id, edition_id, title, working_days, starts_on, ends_on, contact, state, version, created_at, updated_at)
        SELECT tenant_id, pg_temp.key(19, row_number() OVER (ORDER BY id)), id, '拟入选人员公示', 5, closes_on + 60, closes_on + 66, '工会公示组',
        'ended', 1, issued_at, issued_at FROM edition, plan
        WHERE state = 'closed' AND tenant_id >= pg_temp.key(1, plan.fixed)""",
    ),
)
"""Table and statement, in order."""
