-- What PostGraphile cannot take from the tables: who is signed in, a search by a range, and the whole of a recommendation.
-- Run by the administrator in the database that is measured; {app} and {login} are the product's roles.

DROP SCHEMA IF EXISTS bench_peer CASCADE;
CREATE SCHEMA bench_peer;
GRANT USAGE ON SCHEMA bench_peer TO {app}, {login};
GRANT CREATE ON SCHEMA bench_peer TO {login};

CREATE TYPE bench_peer.viewer AS (name text, login text, roles text[], tenant_id uuid);
CREATE TYPE bench_peer.place AS (tenant_id uuid, tenant_name text);

CREATE FUNCTION bench_peer.viewer() RETURNS bench_peer.viewer LANGUAGE sql STABLE AS $$
    SELECT current_setting('app.name'), current_setting('app.login'), string_to_array(current_setting('app.roles'), ','),
        current_setting('app.tenant')::uuid
$$;

-- Memberships of all unions are the login role's to read.
CREATE FUNCTION bench_peer.viewer_memberships(viewer bench_peer.viewer) RETURNS SETOF bench_peer.place
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT tenant.id, tenant.name
    FROM membership JOIN account ON account.id = membership.account_id JOIN tenant ON tenant.id = membership.tenant_id
    JOIN level ON level.code = tenant.level
    WHERE membership.account_id = current_setting('app.account')::uuid AND membership.valid_from <= current_date
        AND (membership.valid_to IS NULL OR membership.valid_to > current_date) AND account.state = 'active' AND tenant.active
    ORDER BY level.rank, tenant.path
$$;
ALTER FUNCTION bench_peer.viewer_memberships OWNER TO {login};

CREATE FUNCTION bench_peer.register_search(title_code text, state text, granted_to date) RETURNS SETOF register_entry
LANGUAGE sql STABLE AS $$
    SELECT * FROM register_entry r
    WHERE r.title_code = $1 AND r.state = $2 AND r.granted_on <= $3
    ORDER BY r.granted_on DESC, r.id DESC
$$;

-- The rows of recommendApplication. Left out, in its favour: the policy, the rulebook's letters and feeders, the route, and sealing the dossier.
CREATE FUNCTION bench_peer.recommend_application(application_id uuid, version int, opinion text, idempotency_key text)
RETURNS application LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    tenant uuid := current_setting('app.tenant')::uuid;
    account uuid := current_setting('app.account')::uuid;
    actor text := current_setting('app.name');
    request text := current_setting('app.request');
    digest text := encode(sha256(convert_to(concat(application_id, version, opinion), 'UTF8')), 'hex');
    claim uuid;
    edition_state text;
    consent_until date;
    found application;
    whose person;
    content bytea;
    snapshot uuid := uuidv7();
    carried text[];
    duties text[];
BEGIN
    INSERT INTO idempotency_key (tenant_id, id, account_id, key, operation, request_sha256, result, at)
    VALUES (tenant, uuidv7(), account, recommend_application.idempotency_key, 'recommendApplication', digest, '{{}}', now())
    ON CONFLICT DO NOTHING RETURNING id INTO claim;
    SELECT * INTO found FROM application a WHERE a.tenant_id = tenant AND a.id = recommend_application.application_id FOR UPDATE;
    IF found.id IS NULL OR claim IS NULL THEN
        RETURN found;
    END IF;
    IF found.version <> recommend_application.version OR found.state NOT IN ('at_recommending_unit', 'returned') THEN
        RAISE 'not possible';
    END IF;
    SELECT e.state INTO edition_state FROM edition e
    WHERE e.id = found.edition_id AND current_date BETWEEN e.opens_on AND e.closes_on;
    SELECT coalesce(c.withdrawn_on, 'infinity') INTO consent_until FROM consent c
    WHERE c.tenant_id = tenant AND c.person_id = found.person_id AND c.purpose = 'upward'
    ORDER BY c.withdrawn_on DESC NULLS FIRST, c.id DESC LIMIT 1;
    IF edition_state NOT IN ('issued', 'open') OR consent_until IS DISTINCT FROM 'infinity' THEN
        RAISE 'not possible';
    END IF;
    SELECT array_agg(holder || ' ' || word) INTO carried FROM carried_duty d WHERE d.tenant_id = tenant AND d.object_id = found.id;
    SELECT array_agg(duty) INTO duties FROM duty_record d WHERE d.tenant_id = tenant AND d.object_id = found.id;
    UPDATE application a SET opinion = recommend_application.opinion, state = 'recommended', version = a.version + 1,
        updated_at = now(), supplement_reason = NULL, supplement_due_on = NULL, upstream_state = NULL
    WHERE a.tenant_id = tenant AND a.id = found.id RETURNING * INTO found;
    UPDATE recommending_grant g SET used = used + 1
    WHERE g.tenant_id = tenant AND g.edition_id = found.edition_id AND (places IS NULL OR used < places);
    INSERT INTO case_act (tenant_id, id, application_id, act, from_state, to_state, at, account_id, actor, reason)
    VALUES (tenant, uuidv7(), found.id, 'recommend', 'at_recommending_unit', 'recommended', now(), account, actor, found.opinion);
    INSERT INTO duty_record (tenant_id, id, object_kind, object_id, account_id, duty, at)
    VALUES (tenant, uuidv7(), 'case', found.id, account, 'recommended', now()) ON CONFLICT DO NOTHING;
    INSERT INTO duty_mask AS m (tenant_id, object_id, account_id, mask) VALUES (tenant, found.id, account, 33554436)
    ON CONFLICT ON CONSTRAINT pk_duty_mask DO UPDATE SET mask = m.mask | excluded.mask;
    INSERT INTO audit_entry (tenant_id, id, at, account_id, actor, act, object_kind, object_id, before, after, request_id)
    VALUES (tenant, uuidv7(), now(), account, actor, 'case:recommend', 'application', found.id,
        '{{"state": "at_recommending_unit"}}', '{{"state": "recommended", "reasoned": true, "document_no": null}}', request);
    INSERT INTO audit_pending (tenant_id, round) VALUES (tenant, 0) ON CONFLICT DO NOTHING;
    SELECT * INTO whose FROM person p WHERE p.tenant_id = tenant AND p.id = found.person_id;
    content := convert_to(jsonb_build_object('case', to_jsonb(found), 'person', to_jsonb(whose), 'carried', carried, 'duties', duties,
        'evidence', (SELECT jsonb_agg(to_jsonb(e)) FROM evidence e WHERE e.tenant_id = tenant AND e.application_id = found.id),
        'letters', (SELECT jsonb_agg(to_jsonb(l)) FROM peer_letter l WHERE l.tenant_id = tenant AND l.application_id = found.id)
    )::text, 'UTF8');
    INSERT INTO snapshot (tenant_id, id, application_id, number, sha256, sealed, fields, made_at)
    SELECT tenant, snapshot, found.id, coalesce(max(s.number), 0) + 1, encode(sha256(content), 'hex'), content, '["person.name"]', now()
    FROM snapshot s WHERE s.tenant_id = tenant AND s.application_id = found.id;
    INSERT INTO job (id, tenant_id, queue, actor, body, ordering_key) VALUES
        (uuidv7(), tenant, 'default', 'react', jsonb_build_object('event', 'application_moved', 'application_id', found.id,
            'case_id', found.case_id, 'edition_id', found.edition_id, 'desk', found.desk, 'act', 'recommend',
            'from', 'at_recommending_unit', 'to', 'recommended'), 'case:' || found.case_id),
        (uuidv7(), tenant, 'default', 'react', jsonb_build_object('event', 'case_forwarded', 'application_id', found.id,
            'to', found.organiser_id, 'snapshot_id', snapshot, 'legal_basis', '本人同意'), 'case:' || found.case_id);
    UPDATE idempotency_key k SET result = jsonb_build_object('ids', jsonb_build_object('application', found.id), 'values', '{{}}'::jsonb)
    WHERE k.tenant_id = tenant AND k.id = claim;
    INSERT INTO read_entry (tenant_id, id, at, account_id, actor, asked, object_kind, object_id, rows, request_id) VALUES
        (tenant, uuidv7(), now(), account, actor, 'application,recommendApplication', 'application', found.id, 1, request),
        (tenant, uuidv7(), now(), account, actor, 'application,recommendApplication', 'person', found.person_id, 1, request);
    PERFORM pg_notify('jiangti_live', jsonb_build_object('tenant', tenant, 'changes',
        jsonb_build_array(jsonb_build_array('application', found.id, 'recommend', now())))::text);
    RETURN found;
END
$$;
