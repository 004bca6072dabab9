"""The statements of a recommendation: one that claims the key, locks the case and finds every fact, one that writes everything."""

FACTS = """
WITH claimed AS (
    INSERT INTO idempotency_key (tenant_id, id, account_id, key, operation, request_sha256, result, at)
    VALUES ($1, $3, $4, $5, 'recommendApplication', $6, '{{}}', $7) ON CONFLICT DO NOTHING RETURNING id
)
SELECT application.*, (SELECT id FROM claimed) AS claimed,
    person.name AS person_name, person.sex, person.birth_month, person.employer, person.employer_code, person.occupation, person.post,
    person.industry, person.ethnicity, person.political_status, person.education, person.professional_title, person.skill_grade,
    person.worked_since, person.frontline_since, person.in_service, person.is_migrant_worker, person.id_number_sealed,
    person.phone_sealed, person.erased_on AS person_erased_on, {people} AS person_seen,
    edition.state AS edition_state, edition.opens_on, edition.closes_on, edition.rules_sha256,
    organiser.code, organiser.name, organiser.level, level.rank AS level_rank, level.line, organiser.path, organiser.industry_path,
    organiser.parent_id, organiser.industry_parent_id,
    (SELECT kind FROM recommending_grant g WHERE g.tenant_id = $1 AND g.edition_id = application.edition_id) AS grant_kind,
    (SELECT array_agg(duty || ' ' || account_id) FROM duty_record WHERE tenant_id = $1 AND object_id = $2) AS duties,
    (SELECT array_agg(holder || ' ' || word) FROM carried_duty WHERE tenant_id = $1 AND object_id = $2) AS carried,
    (SELECT json_agg(e) FROM (SELECT force, item, title, issuer, issued_on, file_sha256, note FROM evidence
        WHERE tenant_id = $1 AND application_id = $2 ORDER BY id) e) AS evidence,
    (SELECT json_agg(l) FROM (SELECT expert_name, expert_unit, expert_post, profession, senior_by, content, signed_on FROM peer_letter
        WHERE tenant_id = $1 AND application_id = $2 ORDER BY id) l) AS letters,
    (SELECT json_agg(json_build_array(code, title_code, title_name, organiser_id)) FROM programme) AS programmes,
    (SELECT coalesce(withdrawn_on, 'infinity') FROM consent c WHERE c.tenant_id = $1 AND c.person_id = application.person_id
        AND c.purpose = 'upward' ORDER BY withdrawn_on DESC NULLS FIRST, id DESC LIMIT 1) AS consent_until,
    (SELECT coalesce(max(number), 0) + 1 FROM snapshot WHERE tenant_id = $1 AND application_id = $2) AS number,
    EXISTS (SELECT FROM application other WHERE other.tenant_id = $1 AND other.edition_id = application.edition_id
        AND other.recommending_unit_id = $1 AND other.rank = $8 AND other.id <> $2) AS rank_taken
FROM application
JOIN person ON person.tenant_id = $1 AND person.id = application.person_id
JOIN edition ON edition.id = application.edition_id
JOIN tenant organiser ON organiser.id = application.organiser_id
JOIN level ON level.code = organiser.level
WHERE application.tenant_id = $1 AND application.id = $2
FOR UPDATE OF application
"""

USED = "SELECT operation, request_sha256 FROM idempotency_key WHERE tenant_id = $1 AND account_id = $2 AND key = $3"

WRITES = """
WITH moved AS (
    UPDATE application SET opinion = $5, rank = $6, state = $7, version = version + 1, updated_at = $4, supplement_reason = NULL,
        supplement_due_on = NULL, upstream_state = NULL
    WHERE tenant_id = $1 AND id = $2 RETURNING {cases} AS seen
), placed AS (
    UPDATE recommending_grant SET used = used + 1
    WHERE tenant_id = $1 AND edition_id = $8 AND (places IS NULL OR used < places) RETURNING used
), act AS (
    INSERT INTO case_act (tenant_id, id, application_id, act, from_state, to_state, at, account_id, actor, reason)
    VALUES ($1, $9, $2, 'recommend', $10, $7, $4, $3, $11, $5)
), duty AS (
    INSERT INTO duty_record (tenant_id, id, object_kind, object_id, account_id, duty, at)
    VALUES ($1, $12, 'case', $2, $3, 'recommended', $4) ON CONFLICT DO NOTHING
), mask AS (
    INSERT INTO duty_mask (tenant_id, object_id, account_id, mask) VALUES ($1, $2, $3, $13)
    ON CONFLICT (tenant_id, object_id, account_id) DO UPDATE SET mask = duty_mask.mask | excluded.mask
), entry AS (
    INSERT INTO audit_entry (tenant_id, id, at, account_id, actor, act, object_kind, object_id, before, after, request_id)
    VALUES ($1, $14, $4, $3, $11, 'case:recommend', 'application', $2, $15, $16, $17)
), unsealed AS (
    INSERT INTO audit_pending (tenant_id, round) VALUES ($1, 0) ON CONFLICT DO NOTHING
), frozen AS (
    INSERT INTO snapshot (tenant_id, id, application_id, number, sha256, sealed, fields, made_at)
    VALUES ($1, $18, $2, $19, $20, $21, $22, $4)
), sent AS (
    INSERT INTO job (id, tenant_id, queue, actor, body, ordering_key)
    VALUES ($23, $1, 'default', 'react', $24, $25), ($26, $1, 'default', 'react', $27, $25)
), kept AS (
    UPDATE idempotency_key SET result = $28 WHERE tenant_id = $1 AND id = $29
), looked AS (
    INSERT INTO read_entry (tenant_id, id, at, account_id, actor, asked, object_kind, object_id, rows, request_id) VALUES
        ($1, $30, $4, $3, $11, 'application,recommendApplication', 'application', $2, 1, $17),
        ($1, $31, $4, $3, $11, 'application,recommendApplication', 'person', $32, 1, $17)
)
SELECT (SELECT seen FROM moved), (SELECT used FROM placed), pg_notify('jiangti_live', $33)
"""
