CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.alert (
    route_no bigint NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    cause text DEFAULT ''::text NOT NULL,
    claimed_at bigint DEFAULT '0'::bigint NOT NULL,
    told_at bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.batch (
    id bigint NOT NULL,
    run_id bigint DEFAULT '0'::bigint NOT NULL,
    route_no bigint DEFAULT '0'::bigint NOT NULL,
    place_no bigint DEFAULT '0'::bigint NOT NULL,
    epoch bigint DEFAULT '0'::bigint NOT NULL,
    sent bigint DEFAULT '0'::bigint NOT NULL,
    result text DEFAULT ''::text NOT NULL,
    counted text DEFAULT ''::text NOT NULL,
    mismatch text DEFAULT ''::text NOT NULL,
    began_at bigint DEFAULT '0'::bigint NOT NULL,
    ended_at bigint DEFAULT '0'::bigint NOT NULL
);
CREATE SEQUENCE public.batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.batch_id_seq OWNED BY public.batch.id;
CREATE TABLE public.binding (
    route_no bigint NOT NULL,
    target text NOT NULL,
    place_no bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.budget (
    host_no bigint NOT NULL,
    key text NOT NULL
);
CREATE TABLE public.campaign (
    no bigint NOT NULL,
    id text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    type text DEFAULT ''::text NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    created_at bigint DEFAULT '0'::bigint NOT NULL,
    revision bigint DEFAULT '0'::bigint NOT NULL,
    fingerprint text DEFAULT ''::text NOT NULL,
    swept_at bigint DEFAULT '0'::bigint NOT NULL,
    resweep_at bigint DEFAULT '0'::bigint NOT NULL,
    resweeps bigint DEFAULT '0'::bigint NOT NULL,
    unread bigint DEFAULT '0'::bigint NOT NULL
);
CREATE SEQUENCE public.campaign_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.campaign_no_seq OWNED BY public.campaign.no;
CREATE TABLE public.checked (
    address text NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    checked_at bigint DEFAULT '0'::bigint NOT NULL,
    portion_id bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.claim (
    scope_no bigint NOT NULL,
    person text NOT NULL,
    delivery_id bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.creation (
    id bigint NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    type text DEFAULT ''::text NOT NULL,
    route text DEFAULT ''::text NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    reserved bigint DEFAULT '0'::bigint NOT NULL,
    asked_at bigint DEFAULT '0'::bigint NOT NULL,
    absent_at bigint DEFAULT '0'::bigint NOT NULL,
    campaign_id text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.creation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.creation_id_seq OWNED BY public.creation.id;
CREATE TABLE public.delivery (
    id bigint NOT NULL,
    route_no bigint DEFAULT '0'::bigint NOT NULL,
    lead_id bigint DEFAULT '0'::bigint NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    origin text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    decided_by text DEFAULT ''::text NOT NULL,
    decided_at bigint DEFAULT '0'::bigint NOT NULL,
    lead_revision bigint DEFAULT '0'::bigint NOT NULL,
    stale bigint DEFAULT '0'::bigint NOT NULL,
    rank text DEFAULT ''::text NOT NULL,
    domain text DEFAULT ''::text NOT NULL,
    waits_for bigint DEFAULT '0'::bigint NOT NULL,
    expires_at bigint DEFAULT '0'::bigint NOT NULL,
    attempts bigint DEFAULT '0'::bigint NOT NULL,
    not_before bigint DEFAULT '0'::bigint NOT NULL,
    place_no bigint DEFAULT '0'::bigint NOT NULL,
    batch_id bigint DEFAULT '0'::bigint NOT NULL,
    asked_at bigint DEFAULT '0'::bigint NOT NULL,
    ended_at bigint DEFAULT '0'::bigint NOT NULL,
    absent_at bigint DEFAULT '0'::bigint NOT NULL,
    sent_at bigint DEFAULT '0'::bigint NOT NULL,
    remote_id text DEFAULT ''::text NOT NULL,
    address_changed text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    fields text DEFAULT ''::text NOT NULL,
    remote_status text DEFAULT ''::text NOT NULL,
    gone_from_target bigint DEFAULT '0'::bigint NOT NULL
);
CREATE SEQUENCE public.delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.delivery_id_seq OWNED BY public.delivery.id;
CREATE TABLE public.erased (
    key text NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    erasure_no bigint DEFAULT '0'::bigint NOT NULL,
    erased_at bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.erasure (
    no bigint NOT NULL,
    person text DEFAULT ''::text NOT NULL,
    asked_by text DEFAULT ''::text NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    done text DEFAULT ''::text NOT NULL,
    began_at bigint DEFAULT '0'::bigint NOT NULL,
    ended_at bigint DEFAULT '0'::bigint NOT NULL
);
CREATE SEQUENCE public.erasure_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.erasure_no_seq OWNED BY public.erasure.no;
CREATE TABLE public.event (
    id bigint NOT NULL,
    delivery_id bigint DEFAULT '0'::bigint NOT NULL,
    at bigint DEFAULT '0'::bigint NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    origin text DEFAULT ''::text NOT NULL,
    batch_id bigint DEFAULT '0'::bigint NOT NULL,
    detail text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.event_id_seq OWNED BY public.event.id;
CREATE TABLE public.export (
    id bigint NOT NULL,
    campaign_no bigint DEFAULT '0'::bigint NOT NULL,
    export_id text DEFAULT ''::text NOT NULL,
    fingerprint text DEFAULT ''::text NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    asked_at bigint DEFAULT '0'::bigint NOT NULL,
    not_before bigint DEFAULT '0'::bigint NOT NULL,
    polls bigint DEFAULT '0'::bigint NOT NULL,
    records bigint DEFAULT '0'::bigint NOT NULL,
    detail text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.export_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.export_id_seq OWNED BY public.export.id;
CREATE TABLE public.host (
    no bigint NOT NULL,
    host text DEFAULT ''::text NOT NULL,
    pid bigint DEFAULT '0'::bigint NOT NULL,
    process text DEFAULT ''::text NOT NULL,
    started_at bigint DEFAULT '0'::bigint NOT NULL,
    seen_at bigint DEFAULT '0'::bigint NOT NULL
);
CREATE SEQUENCE public.host_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.host_no_seq OWNED BY public.host.no;
CREATE TABLE public.lead (
    id bigint NOT NULL,
    campaign_no bigint DEFAULT '0'::bigint NOT NULL,
    source_id text DEFAULT ''::text NOT NULL,
    person text DEFAULT ''::text NOT NULL,
    username text DEFAULT ''::text NOT NULL,
    validation text DEFAULT ''::text NOT NULL,
    revision bigint DEFAULT '0'::bigint NOT NULL,
    digest bigint DEFAULT '0'::bigint NOT NULL,
    first_seen_at bigint DEFAULT '0'::bigint NOT NULL,
    facts text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.lead_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.lead_id_seq OWNED BY public.lead.id;
CREATE TABLE public.lease (
    route_no bigint NOT NULL,
    epoch bigint DEFAULT '0'::bigint NOT NULL,
    host text DEFAULT ''::text NOT NULL,
    pid bigint DEFAULT '0'::bigint NOT NULL,
    process text DEFAULT ''::text NOT NULL,
    acquired_at bigint DEFAULT '0'::bigint NOT NULL,
    expires_at bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.mark (
    name text NOT NULL,
    number bigint DEFAULT '0'::bigint NOT NULL,
    said text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.place (
    no bigint NOT NULL,
    vendor text DEFAULT ''::text NOT NULL,
    workspace text DEFAULT ''::text NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    id text DEFAULT ''::text NOT NULL,
    title text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.place_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.place_no_seq OWNED BY public.place.no;
CREATE TABLE public.portion (
    id bigint NOT NULL,
    file text DEFAULT ''::text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    number bigint DEFAULT '0'::bigint NOT NULL,
    emails bigint DEFAULT '0'::bigint NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    job_id text DEFAULT ''::text NOT NULL,
    reserved bigint DEFAULT '0'::bigint NOT NULL,
    asked_at bigint DEFAULT '0'::bigint NOT NULL,
    absent_at bigint DEFAULT '0'::bigint NOT NULL,
    not_before bigint DEFAULT '0'::bigint NOT NULL,
    polls bigint DEFAULT '0'::bigint NOT NULL,
    ended_at bigint DEFAULT '0'::bigint NOT NULL,
    detail text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.portion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.portion_id_seq OWNED BY public.portion.id;
CREATE TABLE public.returned (
    route_no bigint NOT NULL,
    campaign_no bigint NOT NULL,
    q text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.route (
    no bigint NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.route_campaign (
    route_no bigint NOT NULL,
    campaign_no bigint NOT NULL,
    decided_by text DEFAULT ''::text NOT NULL,
    decided_revision bigint DEFAULT '0'::bigint NOT NULL
);
CREATE SEQUENCE public.route_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.route_no_seq OWNED BY public.route.no;
CREATE TABLE public.run (
    id bigint NOT NULL,
    route_no bigint DEFAULT '0'::bigint NOT NULL,
    started_at bigint DEFAULT '0'::bigint NOT NULL,
    ended_at bigint DEFAULT '0'::bigint NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    document text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.run_id_seq OWNED BY public.run.id;
CREATE TABLE public.scope (
    no bigint NOT NULL,
    name text NOT NULL
);
CREATE SEQUENCE public.scope_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.scope_no_seq OWNED BY public.scope.no;
CREATE TABLE public.suppression (
    key text NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    value text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    origin text DEFAULT ''::text NOT NULL,
    workspace text DEFAULT ''::text NOT NULL,
    added_at bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.test_lead (
    id bigint NOT NULL,
    route_no bigint DEFAULT '0'::bigint NOT NULL,
    place_no bigint DEFAULT '0'::bigint NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    person text DEFAULT ''::text NOT NULL,
    sample text DEFAULT ''::text NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    remote_id text DEFAULT ''::text NOT NULL,
    asked_at bigint DEFAULT '0'::bigint NOT NULL,
    ended_at bigint DEFAULT '0'::bigint NOT NULL
);
CREATE SEQUENCE public.test_lead_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.test_lead_id_seq OWNED BY public.test_lead.id;
CREATE TABLE public.tick (
    route_no bigint NOT NULL,
    due_at bigint NOT NULL,
    origin text DEFAULT ''::text NOT NULL,
    not_before bigint DEFAULT '0'::bigint NOT NULL,
    host_no bigint DEFAULT '0'::bigint NOT NULL,
    taken_at bigint DEFAULT '0'::bigint NOT NULL,
    tries bigint DEFAULT '0'::bigint NOT NULL,
    ended_at bigint DEFAULT '0'::bigint NOT NULL,
    status text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.timetable (
    route_no bigint NOT NULL,
    schedule text DEFAULT ''::text NOT NULL,
    anchor_at bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.validation (
    id bigint NOT NULL,
    campaign_no bigint DEFAULT '0'::bigint NOT NULL,
    route_no bigint DEFAULT '0'::bigint NOT NULL,
    day bigint DEFAULT '0'::bigint NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    emails bigint DEFAULT '0'::bigint NOT NULL,
    reserved bigint DEFAULT '0'::bigint NOT NULL,
    used bigint DEFAULT '0'::bigint NOT NULL,
    returned bigint DEFAULT '0'::bigint NOT NULL,
    settled bigint DEFAULT '0'::bigint NOT NULL,
    job_id text DEFAULT ''::text NOT NULL,
    asked_at bigint DEFAULT '0'::bigint NOT NULL,
    absent_at bigint DEFAULT '0'::bigint NOT NULL,
    not_before bigint DEFAULT '0'::bigint NOT NULL,
    polls bigint DEFAULT '0'::bigint NOT NULL,
    ended_at bigint DEFAULT '0'::bigint NOT NULL,
    valid bigint DEFAULT '0'::bigint NOT NULL,
    invalid bigint DEFAULT '0'::bigint NOT NULL,
    detail text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.validation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.validation_id_seq OWNED BY public.validation.id;
CREATE TABLE public.validation_wait (
    route_no bigint NOT NULL,
    campaign_no bigint NOT NULL,
    not_before bigint DEFAULT '0'::bigint NOT NULL,
    emails bigint DEFAULT '0'::bigint NOT NULL,
    cost bigint DEFAULT '0'::bigint NOT NULL,
    caps text DEFAULT ''::text NOT NULL,
    why text DEFAULT ''::text NOT NULL
);
ALTER TABLE ONLY public.batch ALTER COLUMN id SET DEFAULT nextval('public.batch_id_seq'::regclass);
ALTER TABLE ONLY public.campaign ALTER COLUMN no SET DEFAULT nextval('public.campaign_no_seq'::regclass);
ALTER TABLE ONLY public.creation ALTER COLUMN id SET DEFAULT nextval('public.creation_id_seq'::regclass);
ALTER TABLE ONLY public.delivery ALTER COLUMN id SET DEFAULT nextval('public.delivery_id_seq'::regclass);
ALTER TABLE ONLY public.erasure ALTER COLUMN no SET DEFAULT nextval('public.erasure_no_seq'::regclass);
ALTER TABLE ONLY public.event ALTER COLUMN id SET DEFAULT nextval('public.event_id_seq'::regclass);
ALTER TABLE ONLY public.export ALTER COLUMN id SET DEFAULT nextval('public.export_id_seq'::regclass);
ALTER TABLE ONLY public.host ALTER COLUMN no SET DEFAULT nextval('public.host_no_seq'::regclass);
ALTER TABLE ONLY public.lead ALTER COLUMN id SET DEFAULT nextval('public.lead_id_seq'::regclass);
ALTER TABLE ONLY public.place ALTER COLUMN no SET DEFAULT nextval('public.place_no_seq'::regclass);
ALTER TABLE ONLY public.portion ALTER COLUMN id SET DEFAULT nextval('public.portion_id_seq'::regclass);
ALTER TABLE ONLY public.route ALTER COLUMN no SET DEFAULT nextval('public.route_no_seq'::regclass);
ALTER TABLE ONLY public.run ALTER COLUMN id SET DEFAULT nextval('public.run_id_seq'::regclass);
ALTER TABLE ONLY public.scope ALTER COLUMN no SET DEFAULT nextval('public.scope_no_seq'::regclass);
ALTER TABLE ONLY public.test_lead ALTER COLUMN id SET DEFAULT nextval('public.test_lead_id_seq'::regclass);
ALTER TABLE ONLY public.validation ALTER COLUMN id SET DEFAULT nextval('public.validation_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES
	('0007');
INSERT INTO public.batch VALUES
	(1, 1, 1, 1, 1, 6, 'answered', '{"duplicate_email_count":0,"duplicated_leads":1,"in_blocklist":0,"incomplete_count":0,"invalid_email_count":0,"leads_uploaded":4,"remaining_in_plan":24995,"skipped_count":1,"total_sent":6}', '', 1795827571584, 1795827571623),
	(2, 2, 2, 2, 1, 3, 'lost', '', '', 1795827572831, 1795827572852),
	(3, 5, 3, 1, 1, 2, 'refused', '', '', 1795827576501, 1795827576525),
	(5, 5, 3, 1, 1, 1, 'refused', '', '', 1795827576524, 1795827576544),
	(4, 5, 3, 1, 1, 1, 'refused', '', '', 1795827576524, 1795827576564),
	(6, 8, 4, 3, 2, 4, 'lost', '', '', 1795827596170, 1795827596187),
	(7, 9, 3, 1, 3, 3, '', '', '', 1795827597286, 0),
	(8, 10, 5, 4, 1, 7, 'lost', '', '', 1795827598511, 1795827598530);
INSERT INTO public.binding VALUES
	(1, 'instantly:campaign:Fitness Q4', 1),
	(2, 'instantly:campaign:Old', 2),
	(3, 'instantly:campaign:Fitness Q4', 1),
	(4, 'instantly:campaign:Creators EU', 3),
	(5, 'instantly:list:Scravio inbox', 4);
INSERT INTO public.budget VALUES
	(1, '758f58e968a039ca'),
	(1, '03c3bc9ccd921e3f');
INSERT INTO public.campaign VALUES
	(1, '65f0000b0000000000000000', 'Fitness creators', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503600000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T11:00:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T11:00:00.000Z"}', 1795827571527, 1795831171528, 0, 0),
	(2, '65f0000b0000000400000000', 'Local gyms', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503360000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T10:56:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T10:56:00.000Z"}', 1795827572790, 1795831172791, 0, 0),
	(3, '65f0000b0000000300000000', 'Vegan kitchens', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503420000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T10:57:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T10:57:00.000Z"}', 1795827576456, 1795831176456, 0, 0),
	(4, '65f0000b0000000500000000', 'Dance schools', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503300000, 0, '', 0, 0, 0, 0),
	(5, '65f0000b0000000200000000', 'Home studios', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503480000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T10:58:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T10:58:00.000Z"}', 1795827596131, 1795831196131, 0, 0),
	(6, '65f0000b0000000100000000', 'Yoga teachers', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503540000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T10:59:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T10:59:00.000Z"}', 1795827598487, 1795831198488, 0, 0);
INSERT INTO public.checked VALUES
	('one@news.example', 'asked', 0, 1),
	('two@news.example', 'asked', 0, 1);
INSERT INTO public.claim VALUES
	(2, 'carlos@patel-11.example', 11),
	(1, 'carlos@patel-11.example', 11),
	(2, 'lars@hayes-4.example', 4),
	(1, 'lars@hayes-4.example', 4),
	(2, 'leilaberg7@gmail.com', 7),
	(1, 'leilaberg7@gmail.com', 7),
	(2, 'renata9@northlight-talent.example', 9),
	(1, 'renata9@northlight-talent.example', 9),
	(2, 'tom@costa-6.example', 6),
	(1, 'tom@costa-6.example', 6),
	(3, 'carlos@patel-11.example', 11),
	(3, 'lars@hayes-4.example', 4),
	(3, 'leilaberg7@gmail.com', 7),
	(3, 'renata9@northlight-talent.example', 9),
	(3, 'tom@costa-6.example', 6),
	(5, 'carlos4049@paperplane-mgmt.example', 13),
	(1, 'carlos4049@paperplane-mgmt.example', 13),
	(5, 'ingridtran4051@gmail.com', 15),
	(1, 'ingridtran4051@gmail.com', 15),
	(5, 'pavelokafor4052@gmail.com', 16),
	(1, 'pavelokafor4052@gmail.com', 16),
	(3, 'carlos4049@paperplane-mgmt.example', 13),
	(3, 'ingridtran4051@gmail.com', 15),
	(3, 'pavelokafor4052@gmail.com', 16),
	(6, 'felixbrooks2036@gmail.com', 48),
	(1, 'felixbrooks2036@gmail.com', 48),
	(6, 'miaholm2028@gmail.com', 40),
	(1, 'miaholm2028@gmail.com', 40),
	(6, 'siphosantos2027@gmail.com', 39),
	(1, 'siphosantos2027@gmail.com', 39),
	(6, 'sofiabrandt2033@gmail.com', 45),
	(1, 'sofiabrandt2033@gmail.com', 45),
	(3, 'felixbrooks2036@gmail.com', 48),
	(3, 'miaholm2028@gmail.com', 40),
	(3, 'siphosantos2027@gmail.com', 39),
	(3, 'sofiabrandt2033@gmail.com', 45),
	(2, 'amara@ivanova-3043.example', 31),
	(1, 'amara@ivanova-3043.example', 31),
	(2, 'lars@grant-3040.example', 28),
	(1, 'lars@grant-3040.example', 28),
	(2, 'omar3039@paperplane-mgmt.example', 27),
	(1, 'omar3039@paperplane-mgmt.example', 27),
	(3, 'amara@ivanova-3043.example', 31),
	(3, 'lars@grant-3040.example', 28),
	(3, 'omar3039@paperplane-mgmt.example', 27),
	(7, 'beatrizberg1016@gmail.com', 52),
	(4, 'beatrizberg1016@gmail.com', 52),
	(7, 'contact@haddad-1020.example', 56),
	(4, 'contact@haddad-1020.example', 56),
	(7, 'elenahaddad1013@gmail.com', 49);
INSERT INTO public.claim VALUES
	(4, 'elenahaddad1013@gmail.com', 49),
	(7, 'freyanowak1023@gmail.com', 59),
	(4, 'freyanowak1023@gmail.com', 59),
	(7, 'hello@tran-1018.example', 54),
	(4, 'hello@tran-1018.example', 54),
	(7, 'leilaberg7@gmail.com', 50),
	(4, 'leilaberg7@gmail.com', 50),
	(7, 'nadia@brooks-1021.example', 57),
	(4, 'nadia@brooks-1021.example', 57),
	(1, 'beatrizberg1016@gmail.com', 52),
	(1, 'contact@haddad-1020.example', 56),
	(1, 'elenahaddad1013@gmail.com', 49),
	(1, 'freyanowak1023@gmail.com', 59),
	(1, 'hello@tran-1018.example', 54),
	(1, 'nadia@brooks-1021.example', 57);
INSERT INTO public.creation VALUES
	(1, 'Pilates', 'INSTAGRAM_HASHTAG', '', 'created', 30000, 1795827587000, 0, '66d000000000000600000000');
INSERT INTO public.delivery VALUES
	(2, 1, 2, 'held', 'no_reply', 'local', '', '99f6d683f68f', 1795827571516, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(3, 1, 3, 'held', 'role_address', 'local', '', '99f6d683f68f', 1795827571516, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(5, 1, 5, 'held', 'validation_invalid', 'local', '', '99f6d683f68f', 1795827571516, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(10, 1, 10, 'held', 'validation_pending', 'local', '', '99f6d683f68f', 1795827571516, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(12, 1, 12, 'held', 'disposable', 'local', 'throw-away', '99f6d683f68f', 1795827571516, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(4, 1, 4, 'delivered', 'created', 'api', '', '99f6d683f68f', 1795827571516, 1, 0, '1795503600000179550372000065f0000b0000000000000004', 'hayes-4.example', 0, 0, 1, 0, 1, 1, 1795827571013, 0, 0, 1795827571623, '01a21faa-1b93-7000-8000-00000000000c', '', 'lars@hayes-4.example', '{"website":"https://hayes.lars4.example/","variables":{"platform":"instagram","username":"hayes.lars4","profile_url":"https://www.instagram.com/hayes.lars4/","followers":"617270","source_campaign":"Fitness creators"}}', '', 0),
	(6, 1, 6, 'duplicate', 'in_target', 'lookup', 'created 2026-11-27 12:00 UTC', '99f6d683f68f', 1795827571516, 1, 0, '1795503600000179550372800065f0000b0000000000000006', 'costa-6.example', 0, 0, 1, 0, 1, 1, 1795827571013, 0, 0, 0, '01a21ce0-6e00-7000-8000-000000000008', '', 'tom@costa-6.example', '{"first_name":"Tom","last_name":"Costa","variables":{"platform":"instagram","username":"tom.costa6","profile_url":"https://www.instagram.com/tom.costa6/","followers":"153924","source_campaign":"Fitness creators"}}', '', 0),
	(7, 1, 7, 'delivered', 'created', 'api', '', '99f6d683f68f', 1795827571516, 1, 0, '1795503600000179550372800065f0000b0000000000000007', '', 0, 0, 1, 0, 1, 1, 1795827571013, 0, 0, 1795827571623, '01a21faa-1b93-7000-8000-00000000000d', '', 'leila.berg7@gmail.com', '{"first_name":"Leila","last_name":"Berg","variables":{"platform":"instagram","username":"itsleila_7","profile_url":"https://www.instagram.com/itsleila_7/","followers":"134747","source_campaign":"Fitness creators"}}', '', 0),
	(8, 1, 8, 'held', 'suppressed', 'local', '', '99f6d683f68f', 1795827571636, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(9, 1, 9, 'delivered', 'created', 'api', '', '99f6d683f68f', 1795827571516, 1, 0, '1795503600000179550373600065f0000b0000000000000009', 'northlight-talent.example', 0, 0, 1, 0, 1, 1, 1795827571013, 0, 0, 1795827571623, '01a21faa-1b93-7000-8000-00000000000e', '', 'renata9@northlight-talent.example', '{"first_name":"Renata","variables":{"platform":"instagram","username":"therenatasantos9","profile_url":"https://www.instagram.com/therenatasantos9/","followers":"383531","source_campaign":"Fitness creators"}}', '', 1795827578189),
	(1, 1, 1, 'held', 'erased', 'local', '', '99f6d683f68f', 1795827571516, 1, 0, '', '', 0, 0, 1, 0, 1, 1, 0, 0, 0, 1795827571623, '', '', '', '', '', 0),
	(41, 4, 41, 'held', 'validation_invalid', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(42, 4, 42, 'held', 'role_address', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(43, 4, 43, 'held', 'role_address', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(44, 4, 44, 'held', 'suppressed', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(46, 4, 46, 'held', 'validation_pending', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(47, 4, 47, 'held', 'suppressed', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(40, 4, 40, 'in_doubt', 'answer_lost', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '1795503480000179550360000065f0000b0000000200000004', '', 0, 0, 1, 0, 3, 6, 1795827596008, 1795827596187, 0, 0, '', '', 'mia.holm2028@gmail.com', '{"variables":{"platform":"instagram","username":"miamoves2028","profile_url":"https://www.instagram.com/miamoves2028/","followers":"126","source_campaign":"Home studios"}}', '', 0),
	(45, 4, 45, 'in_doubt', 'answer_lost', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '1795503480000179550361600065f0000b0000000200000009', '', 0, 0, 1, 0, 3, 6, 1795827596008, 1795827596187, 0, 0, '', '', 'sofia.brandt2033@gmail.com', '{"first_name":"Sofia","last_name":"Brandt","variables":{"platform":"instagram","username":"brandt.sofia2033","profile_url":"https://www.instagram.com/brandt.sofia2033/","followers":"10211","source_campaign":"Home studios"}}', '', 0),
	(11, 1, 11, 'duplicate', 'in_list', 'lookup', 'list 01a18261-a600-7000-8000-000000000005', '99f6d683f68f', 1795827571516, 1, 0, '1795503600000179550373600065f0000b000000000000000b', 'patel-11.example', 0, 0, 1, 0, 1, 1, 1795827571013, 0, 0, 0, '01a21ce0-6e00-7000-8000-000000000009', '', 'carlos@patel-11.example', '{"first_name":"Carlos","last_name":"Patel","variables":{"platform":"instagram","username":"carlos.patel11","profile_url":"https://www.instagram.com/carlos.patel11/","followers":"56504","source_campaign":"Fitness creators"}}', '', 0),
	(14, 2, 14, 'held', 'not_validated', 'local', '', 'feb75bf86c10', 1795827572779, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(17, 2, 17, 'held', 'validation_invalid', 'local', '', 'feb75bf86c10', 1795827572779, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(18, 2, 18, 'ready', 'ok', 'local', '', 'feb75bf86c10', 1795827572779, 1, 0, '1795503360000179550348800065f0000b0000000400000006', 'sharma-4054.example', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 'paula@sharma-4054.example', '{"first_name":"Paula","last_name":"Sharma","variables":{"platform":"instagram","username":"sharma.paula4054","profile_url":"https://www.instagram.com/sharma.paula4054/","followers":"114313","source_campaign":"Local gyms"}}', '', 0),
	(19, 2, 19, 'held', 'disposable', 'local', 'throw-away', 'feb75bf86c10', 1795827572779, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(20, 2, 20, 'ready', 'ok', 'local', '', 'feb75bf86c10', 1795827572779, 1, 0, '1795503360000179550348800065f0000b0000000400000008', 'keller-4056.example', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 'info@keller-4056.example', '{"first_name":"Emma","last_name":"Keller","variables":{"platform":"instagram","username":"emma.keller4056","profile_url":"https://www.instagram.com/emma.keller4056/","followers":"345","source_campaign":"Local gyms"}}', '', 0),
	(21, 2, 21, 'held', 'no_reply', 'local', '', 'feb75bf86c10', 1795827572779, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(22, 2, 22, 'held', 'validation_pending', 'local', '', 'feb75bf86c10', 1795827572779, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(23, 2, 23, 'ready', 'ok', 'local', '', 'feb75bf86c10', 1795827572779, 1, 0, '1795503360000179550349600065f0000b000000040000000b', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 'chloe.frost4059@hotmail.com', '{"website":"https://chloe.frost4059.example/","variables":{"platform":"instagram","username":"chloe.frost4059","profile_url":"https://www.instagram.com/chloe.frost4059/","followers":"2713","source_campaign":"Local gyms"}}', '', 0),
	(24, 2, 24, 'ready', 'ok', 'local', '', 'feb75bf86c10', 1795827572779, 1, 0, '1795503360000179550349600065f0000b000000040000000c', 'moreau-4060.example', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 'team@moreau-4060.example', '{"first_name":"Ivan","last_name":"Moreau","variables":{"platform":"instagram","username":"itsivan_4060","profile_url":"https://www.instagram.com/itsivan_4060/","followers":"3521","source_campaign":"Local gyms"}}', '', 0),
	(13, 2, 13, 'failed', 'target_gone', 'lookup', 'campaign 01a21ce0-6e00-7000-8000-000000000007', 'feb75bf86c10', 1795827572779, 1, 0, '1795503360000179550348000065f0000b0000000400000001', 'paperplane-mgmt.example', 0, 0, 1, 0, 2, 2, 1795827572010, 0, 0, 0, '', '', 'carlos4049@paperplane-mgmt.example', '{"first_name":"Carlos","last_name":"Lopez","website":"https://itscarlos_4049.example/","variables":{"platform":"instagram","username":"itscarlos_4049","profile_url":"https://www.instagram.com/itscarlos_4049/","followers":"7003","source_campaign":"Local gyms"}}', '', 0),
	(15, 2, 15, 'failed', 'target_gone', 'lookup', 'campaign 01a21ce0-6e00-7000-8000-000000000007', 'feb75bf86c10', 1795827572779, 1, 0, '1795503360000179550348000065f0000b0000000400000003', '', 0, 0, 1, 0, 2, 2, 1795827572010, 0, 0, 0, '', '', 'ingrid.tran4051@gmail.com', '{"first_name":"Ingrid","last_name":"Tran","variables":{"platform":"instagram","username":"itsingrid_4051","profile_url":"https://www.instagram.com/itsingrid_4051/","followers":"6238","source_campaign":"Local gyms"}}', '', 0),
	(16, 2, 16, 'failed', 'target_gone', 'lookup', 'campaign 01a21ce0-6e00-7000-8000-000000000007', 'feb75bf86c10', 1795827572779, 1, 0, '1795503360000179550348000065f0000b0000000400000004', '', 0, 0, 1, 0, 2, 2, 1795827572010, 0, 0, 0, '', '', 'pavel.okafor4052@gmail.com', '{"variables":{"platform":"instagram","username":"pavelmoves4052","profile_url":"https://www.instagram.com/pavelmoves4052/","followers":"105390","source_campaign":"Local gyms"}}', '', 0),
	(25, 3, 25, 'held', 'disposable', 'local', 'throw-away', 'dd1e2a51cda5', 1795827576445, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(26, 3, 26, 'held', 'not_validated', 'local', '', 'dd1e2a51cda5', 1795827576445, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(29, 3, 29, 'held', 'validation_invalid', 'local', '', 'dd1e2a51cda5', 1795827576445, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(30, 3, 30, 'held', 'role_address', 'local', '', 'dd1e2a51cda5', 1795827576445, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(32, 3, 32, 'held', 'email_malformed', 'local', 'has its @ written in words, which may mean anything', 'dd1e2a51cda5', 1795827576445, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(33, 3, 33, 'held', 'free_mail', 'local', '', 'dd1e2a51cda5', 1795827576445, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(34, 3, 34, 'held', 'validation_pending', 'local', '', 'dd1e2a51cda5', 1795827576445, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(36, 3, 36, 'held', 'free_mail', 'local', '', 'dd1e2a51cda5', 1795827576445, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(39, 4, 39, 'in_doubt', 'answer_lost', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '1795503480000179550360000065f0000b0000000200000003', '', 0, 0, 1, 0, 3, 6, 1795827596008, 1795827596187, 0, 0, '', '', 'sipho.santos2027@gmail.com', '{"first_name":"Sipho","last_name":"Santos","website":"https://itssipho_2027.example/","variables":{"platform":"instagram","username":"itssipho_2027","profile_url":"https://www.instagram.com/itssipho_2027/","followers":"632","source_campaign":"Home studios"}}', '', 0),
	(35, 3, 35, 'held', 'suppressed', 'local', '', 'dd1e2a51cda5', 1795827597255, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(37, 4, 37, 'held', 'suppressed', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(38, 4, 38, 'held', 'not_validated', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(27, 3, 27, 'sending', 'ok', 'local', '', 'dd1e2a51cda5', 1795827576445, 1, 0, '1795503420000179550354000065f0000b0000000300000003', 'paperplane-mgmt.example', 0, 0, 1, 0, 1, 7, 1795827597009, 0, 0, 0, '', '', 'omar3039@paperplane-mgmt.example', '{"first_name":"Omar","last_name":"Bennett","variables":{"platform":"instagram","username":"itsomar_3039","profile_url":"https://www.instagram.com/itsomar_3039/","followers":"949521","source_campaign":"Vegan kitchens"}}', '', 0),
	(28, 3, 28, 'sending', 'ok', 'local', '', 'dd1e2a51cda5', 1795827576445, 1, 0, '1795503420000179550354000065f0000b0000000300000004', 'grant-3040.example', 0, 0, 1, 0, 1, 7, 1795827597009, 0, 0, 0, '', '', 'lars@grant-3040.example', '{"website":"https://lars.grant3040.example/","variables":{"platform":"instagram","username":"lars.grant3040","profile_url":"https://www.instagram.com/lars.grant3040/","followers":"33188","source_campaign":"Vegan kitchens"}}', '', 0),
	(31, 3, 31, 'sending', 'ok', 'local', '', 'dd1e2a51cda5', 1795827576445, 1, 0, '1795503420000179550354800065f0000b0000000300000007', 'ivanova-3043.example', 0, 0, 1, 0, 1, 7, 1795827597009, 0, 0, 0, '', '', 'amara@ivanova-3043.example', '{"first_name":"Amara","last_name":"Ivanova","variables":{"platform":"instagram","username":"theamaraivanova3043","profile_url":"https://www.instagram.com/theamaraivanova3043/","followers":"213","source_campaign":"Vegan kitchens"}}', '', 0),
	(48, 4, 48, 'in_doubt', 'answer_lost', 'local', '', 'e9377c1bb9f4', 1795827596120, 1, 0, '1795503480000179550361600065f0000b000000020000000c', '', 0, 0, 1, 0, 3, 6, 1795827596008, 1795827596187, 0, 0, '', '', 'felix.brooks2036@gmail.com', '{"first_name":"Felix","last_name":"Brooks","variables":{"platform":"instagram","username":"itsfelix_2036","profile_url":"https://www.instagram.com/itsfelix_2036/","followers":"41754","source_campaign":"Home studios"}}', '', 0),
	(51, 5, 51, 'held', 'email_masked', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(53, 5, 53, 'held', 'validation_invalid', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0);
INSERT INTO public.delivery VALUES
	(55, 5, 55, 'held', 'suppressed', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(58, 5, 58, 'held', 'validation_pending', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(60, 5, 60, 'held', 'email_masked', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', 0),
	(49, 5, 49, 'in_doubt', 'answer_lost', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '1795503540000179550366000065f0000b0000000100000001', '', 0, 0, 1, 0, 4, 8, 1795827598009, 1795827598530, 0, 0, '', '', 'elena.haddad1013@gmail.com', '{"variables":{"platform":"instagram","username":"haddad.elena1013","profile_url":"https://www.instagram.com/haddad.elena1013/","followers":"632670","source_campaign":"Yoga teachers"}}', '', 0),
	(50, 5, 50, 'in_doubt', 'answer_lost', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '1795503540000179550366000065f0000b0000000100000002', '', 0, 0, 1, 0, 4, 8, 1795827598009, 1795827598530, 0, 0, '', '', 'leila.berg7+yoga@googlemail.com', '{"variables":{"platform":"instagram","username":"itspriya_1014","profile_url":"https://www.instagram.com/itspriya_1014/","followers":"197","source_campaign":"Yoga teachers"}}', '', 0),
	(52, 5, 52, 'in_doubt', 'answer_lost', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '1795503540000179550366000065f0000b0000000100000004', '', 0, 0, 1, 0, 4, 8, 1795827598009, 1795827598530, 0, 0, '', '', 'beatriz.berg1016@gmail.com', '{"website":"https://berg.beatriz1016.example/","variables":{"platform":"instagram","username":"berg.beatriz1016","profile_url":"https://www.instagram.com/berg.beatriz1016/","followers":"216478","source_campaign":"Yoga teachers"}}', '', 0),
	(54, 5, 54, 'in_doubt', 'answer_lost', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '1795503540000179550366800065f0000b0000000100000006', 'tran-1018.example', 0, 0, 1, 0, 4, 8, 1795827598009, 1795827598530, 0, 0, '', '', 'hello@tran-1018.example', '{"first_name":"Pedro","last_name":"Tran","variables":{"platform":"instagram","username":"thepedrotran1018","profile_url":"https://www.instagram.com/thepedrotran1018/","followers":"35455","source_campaign":"Yoga teachers"}}', '', 0),
	(56, 5, 56, 'in_doubt', 'answer_lost', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '1795503540000179550366800065f0000b0000000100000008', 'haddad-1020.example', 0, 0, 1, 0, 4, 8, 1795827598009, 1795827598530, 0, 0, '', '', 'contact@haddad-1020.example', '{"website":"https://haddad.anton1020.example/","variables":{"platform":"instagram","username":"haddad.anton1020","profile_url":"https://www.instagram.com/haddad.anton1020/","followers":"57075","source_campaign":"Yoga teachers"}}', '', 0),
	(57, 5, 57, 'in_doubt', 'answer_lost', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '1795503540000179550367600065f0000b0000000100000009', 'brooks-1021.example', 0, 0, 1, 0, 4, 8, 1795827598009, 1795827598530, 0, 0, '', '', 'nadia@brooks-1021.example', '{"first_name":"Nadia","last_name":"Brooks","variables":{"platform":"instagram","username":"nadia.brooks1021","profile_url":"https://www.instagram.com/nadia.brooks1021/","followers":"8016","source_campaign":"Yoga teachers"}}', '', 0),
	(59, 5, 59, 'in_doubt', 'answer_lost', 'local', '', 'ed7645112318', 1795827598473, 1, 0, '1795503540000179550367600065f0000b000000010000000b', '', 0, 0, 1, 0, 4, 8, 1795827598009, 1795827598530, 0, 0, '', '', 'freya.nowak1023@gmail.com', '{"first_name":"Freya","last_name":"Nowak","variables":{"platform":"instagram","username":"itsfreya_1023","profile_url":"https://www.instagram.com/itsfreya_1023/","followers":"67308","source_campaign":"Yoga teachers"}}', '', 0);
INSERT INTO public.erased VALUES
	('2bed48820a33776e344d9f830ae8300a', 'person', 1, 1795827582549),
	('0468014dce713bc78aee236c5054186b', 'lead', 1, 1795827582549);
INSERT INTO public.erasure VALUES
	(1, '2bed48820a33776e344d9f830ae8300a', 'operator@former-host', 'done', '{"also_in": [], "deleted_from": ["campaign 01a14ee2-0e00-7000-8000-000000000004"], "deliveries": 1, "leads": 1, "left": [], "test_leads": 0}', 1795827582453, 1795827582571);
INSERT INTO public.event VALUES
	(2, 4, 1795827571623, 'delivered', 'created', 'api', 1, ''),
	(3, 6, 1795827571623, 'duplicate', 'in_target', 'lookup', 1, 'created 2026-11-27 12:00 UTC'),
	(4, 7, 1795827571623, 'delivered', 'created', 'api', 1, ''),
	(5, 9, 1795827571623, 'delivered', 'created', 'api', 1, ''),
	(6, 11, 1795827571623, 'duplicate', 'in_list', 'lookup', 1, 'list 01a18261-a600-7000-8000-000000000005'),
	(7, 8, 1795827571516, 'ready', 'ok', 'local', 0, ''),
	(8, 8, 1795827571636, 'held', 'suppressed', 'local', 0, ''),
	(9, 13, 1795827572852, 'in_doubt', 'answer_lost', 'local', 2, ''),
	(10, 15, 1795827572852, 'in_doubt', 'answer_lost', 'local', 2, ''),
	(11, 16, 1795827572852, 'in_doubt', 'answer_lost', 'local', 2, ''),
	(12, 13, 1795827573980, 'failed', 'target_gone', 'lookup', 2, 'campaign 01a21ce0-6e00-7000-8000-000000000007'),
	(13, 15, 1795827573980, 'failed', 'target_gone', 'lookup', 2, 'campaign 01a21ce0-6e00-7000-8000-000000000007'),
	(14, 16, 1795827573980, 'failed', 'target_gone', 'lookup', 2, 'campaign 01a21ce0-6e00-7000-8000-000000000007'),
	(15, 27, 1795827576544, 'refused', 'rejected', 'api', 5, 'Instantly turned POST /leads/add down (400) (as the rule says).'),
	(16, 28, 1795827576564, 'refused', 'rejected', 'api', 4, 'Instantly turned POST /leads/add down (400) (as the rule says).'),
	(17, 9, 1795827578189, 'delivered', 'created', 'lookup', 0, 'reconcile: no longer in the target'),
	(18, 27, 1795827579647, 'ready', 'ok', 'local', 5, 'put back by `leadbridge retry`; it was refused: rejected'),
	(19, 28, 1795827579647, 'ready', 'ok', 'local', 4, 'put back by `leadbridge retry`; it was refused: rejected'),
	(1, 1, 1795827571623, 'delivered', 'created', 'api', 1, ''),
	(20, 1, 1795827582549, 'held', 'erased', 'local', 0, ''),
	(21, 39, 1795827596187, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(22, 40, 1795827596187, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(23, 45, 1795827596187, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(24, 48, 1795827596187, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(25, 35, 1795827576445, 'ready', 'ok', 'local', 0, ''),
	(26, 35, 1795827597255, 'held', 'suppressed', 'local', 0, ''),
	(27, 49, 1795827598530, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(28, 50, 1795827598530, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(29, 52, 1795827598530, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(30, 54, 1795827598530, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(31, 56, 1795827598530, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(32, 57, 1795827598530, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(33, 59, 1795827598530, 'in_doubt', 'answer_lost', 'local', 8, '');
INSERT INTO public.export VALUES
	(1, 5, '66c000000000000000000000', '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T10:58:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T10:58:00.000Z"}', 'pending', 1795827588965, 1795827598972, 1, 0, '');
INSERT INTO public.host VALUES
	(1, 'former-host/0/0', 8017, '1253990', 1795827590087, 1795827590091);
INSERT INTO public.lead VALUES
	(2, 1, '65f0000b0000000000000002', 'noreply@larsen.example', 'thejonaslarsen2', 'valid', 1, 2411977341354437963, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"noreply@larsen.example","email_source":"deep_search","username":"thejonaslarsen2","full_name":"Jonas Larsen","biography":"Helping you fall in love with running | coach & mum of two","followers":7993,"following":2518,"posts":21,"website":"linktr.ee/thejonaslarsen2","is_private":false,"is_verified":false,"country":"AU","city":"Lyon","validation":"valid","is_valid":true,"checked_at":1795766400000,"scraped_at":1795503720000}'),
	(3, 1, '65f0000b0000000000000003', 'press@brooks-3.example', 'brooks.elena3', 'valid', 1, 4806106756933766502, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"press@brooks-3.example","email_source":"initial","username":"brooks.elena3","full_name":"Dr. Elena Brooks, MSc","biography":"📍 somewhere sunny | coffee | work with me 👇","followers":198,"following":918,"posts":1335,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"US","city":"Leeds","validation":"valid","is_valid":true,"checked_at":1795511880000,"scraped_at":1795503720000}'),
	(4, 1, '65f0000b0000000000000004', 'lars@hayes-4.example', 'hayes.lars4', 'valid', 1, 691215655805447877, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"lars@hayes-4.example","email_source":"initial","username":"hayes.lars4","full_name":"{{firstName}} Hayes","biography":"van life • coffee • dogs","followers":617270,"following":423,"posts":1193,"website":"https://hayes.lars4.example/","is_private":false,"is_verified":false,"country":"FR","validation":"valid","is_valid":true,"checked_at":1795440120000,"scraped_at":1795503720000}'),
	(5, 1, '65f0000b0000000000000005', 'priya@vega-5.example', 'thepriyavega5', 'invalid', 1, 4945530127418797592, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"priya@vega-5.example","email_source":"initial","username":"thepriyavega5","full_name":"\u0928\u0947\u0939\u093e \u0935\u0930\u094d\u092e\u093e","biography":"broken \ud83d half emoji, NUL \u0000 and bell \u0007 vegan food","followers":49209,"following":2907,"posts":503,"website":"https://thepriyavega5.example/","is_private":false,"is_verified":false,"is_business":false,"country":"FR","city":"Leeds","validation":"invalid","is_valid":false,"checked_at":1795498200000,"scraped_at":1795503728000}'),
	(6, 1, '65f0000b0000000000000006', 'tom@costa-6.example', 'tom.costa6', 'valid', 1, -2736952557213153755, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"tom@costa-6.example","email_source":"initial","phone":"0151 555 0105","username":"tom.costa6","full_name":"Tom Costa","biography":"=HYPERLINK(\"https://tom.costa6.example\",\"parenting\")","followers":153924,"following":3380,"posts":1027,"is_private":false,"is_verified":false,"is_business":true,"validation":"valid","is_valid":true,"checked_at":1795516440000,"scraped_at":1795503728000}'),
	(7, 1, '65f0000b0000000000000007', 'leilaberg7@gmail.com', 'itsleila_7', 'valid', 1, -8001168774883513681, 1795827571516, '{"platform":"instagram","source_type":"profile","email":" LEILA.BERG7@GMAIL.COM ","email_source":"deep_search","username":"itsleila_7","full_name":"leila berg","biography":"all things yoga ✨ new video every Friday","followers":134747,"following":3340,"posts":409,"is_private":false,"is_verified":false,"is_business":true,"country":"JP","validation":"valid","is_valid":true,"checked_at":1795440840000,"scraped_at":1795503728000}'),
	(8, 1, '65f0000b0000000000000008', 'chloe.patel8@outlook.com', '', 'valid', 1, -8903760418234127352, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"chloe.patel8@outlook.com","email_source":"initial","full_name":"Chloe Patel","biography":"Helping you fall in love with fitness | coach & mum of two","followers":122,"following":1348,"posts":642,"is_private":false,"is_verified":false,"is_business":false,"country":"IT","validation":"valid","is_valid":true,"checked_at":1795483680000,"scraped_at":1795503728000}'),
	(9, 1, '65f0000b0000000000000009', 'renata9@northlight-talent.example', 'therenatasantos9', 'valid', 1, 8942117044117042469, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"renata9@northlight-talent.example","email_source":"deep_search","username":"therenatasantos9","full_name":"Renata | Fitness Coach","biography":"parenting • coffee • dogs","followers":383531,"following":3986,"posts":2007,"is_private":false,"is_verified":false,"is_business":false,"country":"ES","validation":"valid","is_valid":true,"checked_at":1795450740000,"scraped_at":1795503736000}'),
	(10, 1, '65f0000b000000000000000a', 'katya@moreno-10.example', 'katya.moreno10', 'pending', 1, -588354741424388734, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"katya@moreno-10.example","email_source":"deep_search","username":"katya.moreno10","full_name":"Katya | Fitness Coach","biography":"null","followers":631003,"following":2247,"posts":568,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":false,"country":"CA","validation":"pending","is_valid":false,"scraped_at":1795503736000}'),
	(11, 1, '65f0000b000000000000000b', 'carlos@patel-11.example', 'carlos.patel11', 'valid', 1, 7367739264999123360, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"carlos@patel-11.example","email_source":"initial","username":"carlos.patel11","full_name":"CARLOS PATEL","biography":"Founder @carlos.patel11.studio — yoga for busy people","followers":56504,"following":2424,"posts":636,"website":"linktr.ee/carlos.patel11","is_private":false,"is_verified":false,"is_business":false,"country":"SE","validation":"valid","is_valid":true,"checked_at":1795501440000,"scraped_at":1795503736000}'),
	(12, 1, '65f0000b000000000000000c', 'leila12@mailinator.com', 'leila.moreno12', 'valid', 1, 9194796766389156916, 1795827571516, '{"platform":"instagram","source_type":"profile","email":"leila12@mailinator.com","email_source":"initial","username":"leila.moreno12","full_name":"LEILA MORENO","biography":"fitness creator\nDM for collabs","followers":4083,"following":188,"posts":197,"is_private":false,"is_verified":false,"country":"AU","city":"Austin","validation":"valid","is_valid":true,"checked_at":1795453020000,"scraped_at":1795503736000}'),
	(13, 2, '65f0000b0000000400000001', 'carlos4049@paperplane-mgmt.example', 'itscarlos_4049', 'valid', 1, -7213914730445403016, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"carlos4049@paperplane-mgmt.example","email_source":"initial","username":"itscarlos_4049","full_name":"Carlos Lopez","biography":"fitness creator\nDM for collabs","followers":7003,"following":2841,"posts":756,"website":"https://itscarlos_4049.example/","is_private":false,"is_verified":false,"country":"CA","validation":"valid","is_valid":true,"checked_at":1795498980000,"scraped_at":1795503480000}'),
	(1, 1, 'erased-0468014dce713bc78aee236c5054186b', '', '', '', 1, 3762950247947346076, 1795827571516, '{"problem":"erased on request"}'),
	(14, 2, '65f0000b0000000400000002', 'pavelcosta4050@gmail.com', 'thepavelcosta4050', '', 1, -5573961647809013550, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"pavel.costa4050@gmail.com","email_source":"deep_search","username":"thepavelcosta4050","full_name":"Dr. Pavel Costa, MSc","biography":"📍 somewhere sunny | travel | work with me 👇","followers":811086,"following":119,"posts":560,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"IN","scraped_at":1795503480000}'),
	(15, 2, '65f0000b0000000400000003', 'ingridtran4051@gmail.com', 'itsingrid_4051', 'valid', 1, -1566807408953252179, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"ingrid.tran4051@gmail.com","email_source":"deep_search","username":"itsingrid_4051","full_name":"Ingrid Tran","biography":"home decor creator\nDM for collabs","followers":6238,"following":3605,"posts":1858,"website":"linktr.ee/itsingrid_4051","is_private":false,"is_verified":false,"country":"CA","city":"Austin","validation":"valid","is_valid":true,"checked_at":1795472040000,"scraped_at":1795503480000}'),
	(16, 2, '65f0000b0000000400000004', 'pavelokafor4052@gmail.com', 'pavelmoves4052', 'valid', 1, -7755472743260997605, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"pavel.okafor4052@gmail.com","email_source":"deep_search","username":"pavelmoves4052","full_name":"NULL","biography":"Helping you fall in love with fitness | coach & mum of two","followers":105390,"following":568,"posts":1355,"is_private":false,"is_verified":true,"is_business":false,"country":"CA","validation":"valid","is_valid":true,"checked_at":1795447260000,"scraped_at":1795503480000}'),
	(17, 2, '65f0000b0000000400000005', 'islaivanova4053@gmail.com', 'isla.ivanova4053', 'invalid', 1, 4656400503107655142, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"isla.ivanova4053@gmail.com","email_source":"initial","phone":"+491555550104","username":"isla.ivanova4053","full_name":"Isla Ivanova","biography":"Helping you fall in love with personal finance | coach & mum of two","followers":6879,"following":2313,"posts":1449,"website":"https://isla.ivanova4053.example/","is_private":false,"is_verified":false,"is_business":true,"country":"CA","city":"Austin","validation":"invalid","is_valid":false,"checked_at":1795441740000,"scraped_at":1795503488000}'),
	(18, 2, '65f0000b0000000400000006', 'paula@sharma-4054.example', 'sharma.paula4054', 'valid', 1, 8451267702947184407, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"paula@sharma-4054.example","email_source":"initial","username":"sharma.paula4054","full_name":"Paula Sharma","biography":"photography very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end ","followers":114313,"following":2895,"posts":140,"is_private":false,"is_verified":false,"is_business":false,"country":"IN","city":"Malmö","validation":"valid","is_valid":true,"checked_at":1795452360000,"scraped_at":1795503488000}'),
	(19, 2, '65f0000b0000000400000007', 'isla4055@guerrillamail.com', 'novak.isla4055', 'valid', 1, -8737025996165836555, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"isla4055@guerrillamail.com","email_source":"deep_search","username":"novak.isla4055","biography":"all things pilates ✨ new video every Friday","followers":142,"following":1097,"posts":1179,"website":"https://novak.isla4055.example/","is_private":false,"is_verified":false,"is_business":true,"country":"GB","city":"Lisbon","validation":"valid","is_valid":true,"checked_at":1795447200000,"scraped_at":1795503488000}'),
	(20, 2, '65f0000b0000000400000008', 'info@keller-4056.example', 'emma.keller4056', 'valid', 1, -1628338498822083129, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"info@keller-4056.example","email_source":"initial","username":"emma.keller4056","full_name":"emma keller","biography":"📍 somewhere sunny | skincare | work with me 👇","followers":345,"following":3217,"posts":1795,"website":"linktr.ee/emma.keller4056","is_private":false,"is_verified":false,"country":"NL","validation":"valid","is_valid":true,"checked_at":1795517340000,"scraped_at":1795503488000}'),
	(21, 2, '65f0000b0000000400000009', 'postmaster@fischer-4057.example', 'itselena_4057', 'valid', 1, 6964992173331033032, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"postmaster@fischer-4057.example","email_source":"initial","username":"itselena_4057","full_name":"Elena Fischer 👩‍🍳","biography":"gaming creator\nDM for collabs","followers":2423,"following":232,"posts":1388,"is_private":false,"is_verified":true,"country":"BR","validation":"valid","is_valid":true,"checked_at":1795459680000,"scraped_at":1795503496000}'),
	(22, 2, '65f0000b000000040000000a', 'james@jansen-4058.example', 'thejamesjansen4058', 'pending', 1, 2321762512060474712, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"james@jansen-4058.example","email_source":"initial","username":"thejamesjansen4058","full_name":"Dr. James Jansen, MSc","biography":"books very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end ","followers":427,"following":3419,"posts":2456,"is_private":false,"is_verified":false,"country":"CA","city":"Lisbon","validation":"pending","is_valid":false,"scraped_at":1795503496000}'),
	(23, 2, '65f0000b000000040000000b', 'chloe.frost4059@hotmail.com', 'chloe.frost4059', 'valid', 1, 2945117708100085811, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"chloe.frost4059@hotmail.com","email_source":"initial","username":"chloe.frost4059","biography":"all things vegan food ✨ new video every Friday","followers":2713,"following":2057,"posts":733,"website":"https://chloe.frost4059.example/","is_private":false,"is_verified":true,"country":"GB","validation":"valid","is_valid":true,"checked_at":1795421460000,"scraped_at":1795503496000}'),
	(24, 2, '65f0000b000000040000000c', 'team@moreau-4060.example', 'itsivan_4060', 'valid', 1, 5529468279652208606, 1795827572779, '{"platform":"instagram","source_type":"profile","email":"team@moreau-4060.example","email_source":"initial","username":"itsivan_4060","full_name":"Ivan Moreau","biography":"Founder @itsivan_4060.studio — running for busy people","followers":3521,"following":3788,"posts":1327,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"IT","validation":"valid","is_valid":true,"checked_at":1795413780000,"scraped_at":1795503496000}'),
	(25, 3, '65f0000b0000000300000001', 'sipho3037@guerrillamail.com', 'lopez.sipho3037', 'valid', 1, -7023385568182704451, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"sipho3037@guerrillamail.com","email_source":"initial","username":"lopez.sipho3037","full_name":"Sipho Lopez","biography":"📍 somewhere sunny | ceramics | work with me 👇","followers":9001,"following":3719,"posts":1901,"is_private":false,"is_verified":false,"is_business":false,"country":"US","validation":"valid","is_valid":true,"checked_at":1795510320000,"scraped_at":1795503540000}'),
	(26, 3, '65f0000b0000000300000002', 'daniel@larsen-3038.example', 'itsdaniel_3038', '', 1, -4407189709840067628, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"daniel@larsen-3038.example","email_source":"initial","username":"itsdaniel_3038","full_name":"Daniel Larsen","biography":"ceramics\r\n\r\nBcc: everyone@list.example second line","followers":1916,"following":872,"posts":754,"is_private":false,"is_verified":false,"country":"NL","scraped_at":1795503540000}'),
	(27, 3, '65f0000b0000000300000003', 'omar3039@paperplane-mgmt.example', 'itsomar_3039', 'valid', 1, 8720147710632022399, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"omar3039@paperplane-mgmt.example","email_source":"initial","username":"itsomar_3039","full_name":"OMAR BENNETT","biography":"‮travel‬ right to left ⁦hidden⁩ ​zero​width","followers":949521,"following":2796,"posts":1102,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"validation":"valid","is_valid":true,"checked_at":1795517280000,"scraped_at":1795503540000}'),
	(28, 3, '65f0000b0000000300000004', 'lars@grant-3040.example', 'lars.grant3040', 'valid', 1, 2506040736220298935, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"lars@grant-3040.example","email_source":"deep_search","username":"lars.grant3040","full_name":"{{firstName}} Grant","biography":"all things yoga ✨ new video every Friday","followers":33188,"following":1889,"posts":941,"website":"https://lars.grant3040.example/","is_private":false,"is_verified":false,"country":"ES","city":"Lisbon","validation":"valid","is_valid":true,"checked_at":1795458360000,"scraped_at":1795503540000}'),
	(29, 3, '65f0000b0000000300000005', 'tomstone3041@gmail.com', 'tom.stone3041', 'invalid', 1, 8417322886954423026, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"tom.stone3041@gmail.com","email_source":"initial","username":"tom.stone3041","full_name":"Tom Stone","biography":"all things ceramics ✨ new video every Friday","followers":4384,"following":3289,"posts":73,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"JP","validation":"invalid","is_valid":false,"checked_at":1795436160000,"scraped_at":1795503548000}'),
	(30, 3, '65f0000b0000000300000006', 'contact@brooks-3042.example', 'itsmia_3042', 'valid', 1, 2432223693951829170, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"contact@brooks-3042.example","email_source":"initial","phone":"0151 555 0105","username":"itsmia_3042","full_name":"mia brooks","biography":"null","followers":536205,"following":1320,"is_private":false,"is_verified":false,"country":"JP","city":"Malmö","validation":"valid","is_valid":true,"checked_at":1795414620000,"scraped_at":1795503548000}'),
	(31, 3, '65f0000b0000000300000007', 'amara@ivanova-3043.example', 'theamaraivanova3043', 'valid', 1, -7094159018758208436, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"amara@ivanova-3043.example","email_source":"initial","username":"theamaraivanova3043","full_name":"Amara Ivanova","biography":"photography • coffee • dogs","followers":213,"following":62,"posts":1427,"is_private":false,"is_verified":false,"is_business":true,"country":"AU","validation":"valid","is_valid":true,"checked_at":1795516560000,"scraped_at":1795503548000}'),
	(32, 3, '65f0000b0000000300000008', '', 'reid.sipho3044', 'valid', 1, -3851225446628913633, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"sipho3044 at reid.example","email_source":"initial","phone":"0151 555 0107","username":"reid.sipho3044","biography":"photography, honestly.","followers":232,"following":3438,"posts":956,"is_private":false,"is_verified":true,"is_business":true,"country":"US","city":"Lisbon","validation":"valid","is_valid":true,"checked_at":1795433040000,"scraped_at":1795503548000}'),
	(33, 3, '65f0000b0000000300000009', 'paulajansen3045@gmail.com', 'thepaulajansen3045', 'valid', 1, -1329644734441887609, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"paula.jansen3045@gmail.com","email_source":"deep_search","username":"thepaulajansen3045","full_name":"Paula Jansen","biography":"photography • coffee • dogs","followers":857,"following":3560,"posts":299,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"FR","validation":"valid","is_valid":true,"checked_at":1795418160000,"scraped_at":1795503556000}'),
	(34, 3, '65f0000b000000030000000a', 'omar@mensah-3046.example', 'mensah.omar3046', 'pending', 1, -3039537921885365123, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"omar@mensah-3046.example","email_source":"deep_search","username":"mensah.omar3046","full_name":"Mensah Ceramics Studio","biography":"null","followers":115979,"following":675,"posts":2151,"is_private":false,"is_verified":false,"country":"BR","city":"Austin","validation":"pending","is_valid":false,"scraped_at":1795503556000}'),
	(35, 3, '65f0000b000000030000000b', 'yuki3047@northlight-talent.example', 'yuki.ramos3047', 'valid', 1, -8677212487368735736, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"yuki3047@northlight-talent.example","email_source":"deep_search","username":"yuki.ramos3047","full_name":"محمد الفارسي","biography":"skincare, honestly.","followers":142938,"following":3730,"posts":649,"website":"linktr.ee/yuki.ramos3047","is_private":false,"is_verified":false,"is_business":true,"country":"NL","city":"Recife","validation":"valid","is_valid":true,"checked_at":1795489500000,"scraped_at":1795503556000}'),
	(36, 3, '65f0000b000000030000000c', 'pedrosantos3048@gmail.com', 'santos.pedro3048', 'valid', 1, -6901537452978122305, 1795827576445, '{"platform":"instagram","source_type":"profile","email":"pedro.santos3048@gmail.com","email_source":"initial","phone":"+1 (555) 0111-111","username":"santos.pedro3048","full_name":"Pedro Santos","biography":"Helping you fall in love with coffee | coach & mum of two","followers":65730,"following":2358,"posts":8,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":false,"city":"Leeds","validation":"valid","is_valid":true,"checked_at":1795498920000,"scraped_at":1795503556000}'),
	(37, 5, '65f0000b0000000200000001', 'yukifrost2025@gmail.com', 'theyukifrost2025', 'valid', 1, -7046958619309934526, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"yuki.frost2025@gmail.com","email_source":"initial","username":"theyukifrost2025","full_name":"Yuki","biography":"Helping you fall in love with coffee | coach & mum of two","followers":20310,"following":1590,"posts":2361,"is_private":true,"is_verified":false,"is_business":true,"country":"PL","validation":"valid","is_valid":true,"checked_at":1795444080000,"scraped_at":1795503600000}'),
	(38, 5, '65f0000b0000000200000002', 'mateo@falk-2026.example', 'mateomoves2026', '', 1, -5095212692077630710, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"mateo@falk-2026.example","email_source":"initial","username":"mateomoves2026","full_name":"Mateo Falk","biography":"yoga creator\nDM for collabs","followers":338,"following":162,"posts":2372,"is_private":false,"is_verified":false,"is_business":false,"country":"SE","scraped_at":1795503600000}'),
	(39, 5, '65f0000b0000000200000003', 'siphosantos2027@gmail.com', 'itssipho_2027', 'valid', 1, 2293608221110462172, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"sipho.santos2027@gmail.com","email_source":"deep_search","username":"itssipho_2027","full_name":"Sipho Santos","biography":"📍 somewhere sunny | travel | work with me 👇","followers":632,"following":731,"posts":1342,"website":"https://itssipho_2027.example/","is_private":false,"is_verified":false,"is_business":false,"country":"JP","city":"Kraków","validation":"valid","is_valid":true,"checked_at":1795480920000,"scraped_at":1795503600000}'),
	(40, 5, '65f0000b0000000200000004', 'miaholm2028@gmail.com', 'miamoves2028', 'valid', 1, 894085004430193315, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"mia.holm2028@gmail.com","email_source":"deep_search","phone":"+1 (555) 0103-103","username":"miamoves2028","full_name":"{{firstName}} Holm","followers":126,"following":3639,"posts":2126,"is_private":false,"is_verified":false,"country":"DE","validation":"valid","is_valid":true,"checked_at":1795398300000,"scraped_at":1795503600000}'),
	(41, 5, '65f0000b0000000200000005', 'marcotanaka2029@gmail.com', 'tanaka.marco2029', 'invalid', 1, -5759895829645626953, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"marco.tanaka2029@gmail.com","email_source":"initial","username":"tanaka.marco2029","full_name":"Marco | Books Coach","biography":"gaming\r\n\r\nBcc: everyone@list.example second line","followers":32896,"following":38,"posts":191,"website":"javascript:alert(1)","is_private":false,"is_verified":true,"is_business":true,"country":"FR","validation":"invalid","is_valid":false,"checked_at":1795417140000,"scraped_at":1795503608000}'),
	(42, 5, '65f0000b0000000200000006', 'collabs@rossi-2030.example', 'rossi.ana2030', 'valid', 1, -4532529537068928051, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"collabs@rossi-2030.example","email_source":"initial","username":"rossi.ana2030","full_name":"Ana Rossi","biography":"gaming very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end ","followers":226,"following":2577,"posts":2079,"website":"https://rossi.ana2030.example/","is_private":false,"is_verified":false,"is_business":false,"country":"CA","city":"Recife","validation":"valid","is_valid":true,"checked_at":1795481700000,"scraped_at":1795503608000}'),
	(43, 5, '65f0000b0000000200000007', 'booking@moreau-2031.example', 'itsjulia_2031', 'valid', 1, -3357709313962075964, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"booking@moreau-2031.example","email_source":"initial","username":"itsjulia_2031","full_name":"Julia Moreau","biography":"all things coffee ✨ new video every Friday","followers":16342,"following":396,"posts":99,"website":"linktr.ee/itsjulia_2031","is_private":false,"is_verified":true,"is_business":true,"country":"BR","validation":"valid","is_valid":true,"checked_at":1795480440000,"scraped_at":1795503608000}'),
	(44, 5, '65f0000b0000000200000008', 'kwame2032@northlight-talent.example', 'itskwame_2032', 'valid', 1, 5556322889087253208, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"kwame2032@northlight-talent.example","email_source":"deep_search","username":"itskwame_2032","full_name":"Kwame Kim","biography":"running, honestly.","followers":356,"following":1366,"posts":1829,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":false,"country":"US","validation":"valid","is_valid":true,"checked_at":1795502220000,"scraped_at":1795503608000}'),
	(45, 5, '65f0000b0000000200000009', 'sofiabrandt2033@gmail.com', 'brandt.sofia2033', 'valid', 1, 4173142092068075974, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"sofia.brandt2033@gmail.com","email_source":"initial","username":"brandt.sofia2033","full_name":"Sofia Brandt","biography":"Founder @brandt.sofia2033.studio — books for busy people","followers":10211,"following":2010,"posts":563,"website":"linktr.ee/brandt.sofia2033","is_private":false,"is_verified":false,"country":"IN","validation":"valid","is_valid":true,"checked_at":1795405260000,"scraped_at":1795503616000}'),
	(46, 5, '65f0000b000000020000000a', 'ethan2034@mailinator.com', 'ethanmoves2034', 'pending', 1, 8380257929374167828, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"ethan2034@mailinator.com","email_source":"deep_search","username":"ethanmoves2034","full_name":"Ethan Nguyen","biography":"travel, honestly.","followers":552,"following":787,"posts":1708,"website":"linktr.ee/ethanmoves2034","is_private":false,"is_verified":false,"country":"AU","validation":"pending","is_valid":false,"scraped_at":1795503616000}'),
	(47, 5, '65f0000b000000020000000b', 'ingrid2035@northlight-talent.example', 'ingrid.costa2035', 'valid', 1, -8558621252680270863, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"ingrid2035@northlight-talent.example","email_source":"deep_search","username":"ingrid.costa2035","full_name":"Ingrid Costa","biography":"yoga, honestly.","followers":6588,"following":624,"posts":1242,"website":"linktr.ee/ingrid.costa2035","is_private":false,"is_verified":false,"is_business":false,"country":"NL","city":"Austin","validation":"valid","is_valid":true,"checked_at":1795511100000,"scraped_at":1795503616000}'),
	(48, 5, '65f0000b000000020000000c', 'felixbrooks2036@gmail.com', 'itsfelix_2036', 'valid', 1, 4511547342127626817, 1795827596120, '{"platform":"instagram","source_type":"profile","email":"felix.brooks2036@gmail.com","email_source":"initial","username":"itsfelix_2036","full_name":"Felix Brooks","biography":"📍 somewhere sunny | running | work with me 👇","followers":41754,"following":2288,"posts":569,"is_private":false,"is_verified":false,"is_business":false,"country":"GB","validation":"valid","is_valid":true,"checked_at":1795514760000,"scraped_at":1795503616000}'),
	(49, 6, '65f0000b0000000100000001', 'elenahaddad1013@gmail.com', 'haddad.elena1013', 'valid', 1, -2463273419104196454, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"elena.haddad1013@gmail.com","email_source":"deep_search","username":"haddad.elena1013","full_name":"{{firstName}} Haddad","biography":"=HYPERLINK(\"https://haddad.elena1013.example\",\"travel\")","followers":632670,"following":583,"posts":1877,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"country":"IT","validation":"valid","is_valid":true,"checked_at":1795461900000,"scraped_at":1795503660000}'),
	(50, 6, '65f0000b0000000100000002', 'leilaberg7@gmail.com', 'itspriya_1014', 'valid', 1, -2973402246962160551, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"Leila.Berg7+yoga@googlemail.com","email_source":"initial","username":"itspriya_1014","full_name":"Marin Running Studio","biography":"pilates creator\nDM for collabs","followers":197,"following":2362,"posts":1707,"is_private":false,"is_verified":false,"is_business":true,"country":"BR","validation":"valid","is_valid":true,"checked_at":1795766400000,"scraped_at":1795503660000}');
INSERT INTO public.lead VALUES
	(51, 6, '65f0000b0000000100000003', '', 'itsjonas_1015', 'masked', 1, -1322047437510009512, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"j***@g***.com","email_masked":true,"email_source":"initial","username":"itsjonas_1015","full_name":"Jonas Nowak 🌿","biography":"surf creator\nDM for collabs","followers":29366,"following":2197,"posts":666,"website":"linktr.ee/itsjonas_1015","is_private":false,"is_verified":false,"country":"IT","validation":"valid","is_valid":true,"checked_at":1795460340000,"scraped_at":1795503660000}'),
	(52, 6, '65f0000b0000000100000004', 'beatrizberg1016@gmail.com', 'berg.beatriz1016', 'valid', 1, -7194378735978658272, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"beatriz.berg1016@gmail.com","email_source":"deep_search","username":"berg.beatriz1016","biography":"street style, honestly.","followers":216478,"following":2633,"posts":1645,"website":"https://berg.beatriz1016.example/","is_private":false,"is_verified":true,"country":"CA","validation":"valid","is_valid":true,"checked_at":1795424940000,"scraped_at":1795503660000}'),
	(53, 6, '65f0000b0000000100000005', 'info@tran-1017.example', 'thebeatriztran1017', 'invalid', 1, -1715016710757960221, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"info@tran-1017.example","email_source":"deep_search","username":"thebeatriztran1017","full_name":"Beatriz Tran","biography":"Founder @thebeatriztran1017.studio — surf for busy people","followers":366436,"following":263,"posts":1578,"website":"https://thebeatriztran1017.example/","is_private":false,"is_verified":false,"is_business":true,"country":"PL","city":"Berlin","validation":"invalid","is_valid":false,"checked_at":1795437900000,"scraped_at":1795503668000}'),
	(54, 6, '65f0000b0000000100000006', 'hello@tran-1018.example', 'thepedrotran1018', 'valid', 1, -9150955387813880201, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"hello@tran-1018.example","email_source":"deep_search","username":"thepedrotran1018","full_name":"Pedro Tran 🏳️‍🌈","biography":"street style very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end ","followers":35455,"following":3854,"posts":1250,"website":"linktr.ee/thepedrotran1018","is_private":false,"is_verified":false,"country":"CA","validation":"valid","is_valid":true,"checked_at":1795508700000,"scraped_at":1795503668000}'),
	(55, 6, '65f0000b0000000100000007', 'beatriz1019@northlight-talent.example', 'beatriz.dlamini1019', 'valid', 1, 2464925440759513249, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"beatriz1019@northlight-talent.example","email_source":"initial","username":"beatriz.dlamini1019","full_name":"BEATRIZ DLAMINI","biography":"Helping you fall in love with home decor | coach & mum of two","followers":12345,"following":745,"posts":384,"is_private":false,"is_verified":false,"is_business":true,"country":"PL","city":"Kraków","validation":"valid","is_valid":true,"checked_at":1795508880000,"scraped_at":1795503668000}'),
	(56, 6, '65f0000b0000000100000008', 'contact@haddad-1020.example', 'haddad.anton1020', 'valid', 1, 5563680537231888918, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"contact@haddad-1020.example","email_source":"deep_search","username":"haddad.anton1020","full_name":"👑","biography":"Helping you fall in love with books | coach & mum of two","followers":57075,"following":3701,"posts":73,"website":"https://haddad.anton1020.example/","is_private":true,"is_verified":false,"is_business":false,"country":"FR","validation":"valid","is_valid":true,"checked_at":1795464840000,"scraped_at":1795503668000}'),
	(57, 6, '65f0000b0000000100000009', 'nadia@brooks-1021.example', 'nadia.brooks1021', 'valid', 1, 8038098840830349597, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"nadia@brooks-1021.example","email_source":"initial","username":"nadia.brooks1021","full_name":"Nadia Brooks","biography":"coffee • coffee • dogs","followers":8016,"following":200,"posts":2198,"is_private":false,"is_verified":false,"is_business":false,"country":"AU","validation":"valid","is_valid":true,"checked_at":1785128880000,"scraped_at":1795503676000}'),
	(58, 6, '65f0000b000000010000000a', 'collabs@keller-1022.example', 'samirmoves1022', 'pending', 1, -3786227098694288519, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"collabs@keller-1022.example","email_source":"initial","phone":"+44 20 7946 0009","username":"samirmoves1022","full_name":"Dr. Samir Keller, MSc","biography":"travel creator\nDM for collabs","followers":753,"following":439,"posts":237,"is_private":false,"is_verified":false,"is_business":false,"country":"PL","city":"Austin","validation":"pending","is_valid":false,"scraped_at":1795503676000}'),
	(59, 6, '65f0000b000000010000000b', 'freyanowak1023@gmail.com', 'itsfreya_1023', 'valid', 1, 6771194745809394163, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"freya.nowak1023@gmail.com","email_source":"initial","username":"itsfreya_1023","full_name":"Freya Nowak","biography":"‮pilates‬ right to left ⁦hidden⁩ ​zero​width","followers":67308,"following":2732,"posts":2,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":false,"country":"IT","city":"Kraków","validation":"valid","is_valid":true,"checked_at":1795516980000,"scraped_at":1795503676000}'),
	(60, 6, '65f0000b000000010000000c', '', 'thenoahsato1024', 'masked', 1, -2703323989469922532, 1795827598473, '{"platform":"instagram","source_type":"profile","email":"n***@g***.com","email_masked":true,"email_source":"initial","username":"thenoahsato1024","full_name":"𝐍𝐨𝐚𝐡 𝐒𝐚𝐭𝐨","biography":"all things van life ✨ new video every Friday","followers":179605,"following":1796,"posts":1732,"website":"https://thenoahsato1024.example/","is_private":false,"is_verified":false,"is_business":false,"country":"SE","validation":"valid","is_valid":true,"checked_at":1795452000000,"scraped_at":1795503676000}');
INSERT INTO public.lease VALUES
	(5, 1, 'former-host/0/0', 8099, '1254818', 1795827598327, 0),
	(2, 3, 'former-host/0/0', 7708, '1252498', 1795827575161, 0),
	(0, 3, 'former-host/0/0', 7995, '1253747', 1795827587590, 0),
	(1, 5, 'former-host/0/0', 8017, '1253990', 1795827590164, 0),
	(3, 3, 'former-host/0/0', 8090, '1254712', 1795827597178, 1795827627302),
	(4, 4, 'former-host/0/0', 8099, '1254818', 1795827598346, 0);
INSERT INTO public.mark VALUES
	('hash key', 0, 'c07c12ff54eed35b336e3d0028f8368c67fd6cddcb7981e75f4ace8572c1181b'),
	('hash check', 0, 'ee688f6268f775a51aee547297fa1ba1'),
	('ids of erased people hidden', 1, ''),
	('block list of 01a019e4-7e00-7000-8000-000000000001', 1795827571568, ''),
	('suppressions', 4, ''),
	('erased', 1, '');
INSERT INTO public.place VALUES
	(2, 'instantly', '01a019e4-7e00-7000-8000-000000000001', 'campaign', '01a21ce0-6e00-7000-8000-000000000007', 'Old'),
	(1, 'instantly', '01a019e4-7e00-7000-8000-000000000001', 'campaign', '01a14ee2-0e00-7000-8000-000000000004', 'Fitness Q4'),
	(3, 'instantly', '01a019e4-7e00-7000-8000-000000000001', 'campaign', '01a21ce0-6e00-7000-8000-000000000006', 'Creators EU'),
	(4, 'instantly', '01a019e4-7e00-7000-8000-000000000001', 'list', '01a18261-a600-7000-8000-000000000005', 'Scravio inbox');
INSERT INTO public.portion VALUES
	(1, '7822385d336af9f1cc4d6935d0afc1bb', 'news.csv', 1, 2, 'running', '66b000000000000000000000', 2000, 1795827584000, 0, 0, 0, 0, '');
INSERT INTO public.route VALUES
	(1, 'fitness'),
	(2, 'gyms'),
	(3, 'vegan'),
	(4, 'studios'),
	(5, 'yoga');
INSERT INTO public.route_campaign VALUES
	(1, 1, '99f6d683f68f', 1),
	(2, 2, 'feb75bf86c10', 1),
	(3, 3, 'dd1e2a51cda5', 1),
	(4, 5, 'e9377c1bb9f4', 1),
	(5, 6, 'ed7645112318', 1);
INSERT INTO public.run VALUES
	(1, 1, 1795827571439, 1795827571650, 'ok', '{"route": "fitness", "status": "ok", "run_id": 1, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 6, "ready": 0, "sending": 0, "delivered": 4, "duplicate": 2, "refused": 0, "in_doubt": 0, "failed": 0}, "reasons": {"created": 4, "disposable": 1, "in_list": 1, "in_target": 1, "no_reply": 1, "role_address": 1, "suppressed": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 7}, "seconds": 0.206, "error": null, "hint": null, "delivered_now": 4, "leads_without_email": 0, "warnings": [], "waiting": [], "key_refused": null}'),
	(2, 2, 1795827572695, 1795827572861, 'partial', '{"route": "gyms", "status": "partial", "run_id": 2, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 5, "ready": 4, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 3, "failed": 0}, "reasons": {"ok": 4, "answer_lost": 3, "disposable": 1, "no_reply": 1, "not_validated": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 4}, "seconds": 0.161, "error": "It is unknown whether POST /leads/add took effect. The connection to Instantly broke before the answer to POST /leads/add was complete (RemoteProtocolError: Server disconnected without sending a response.).", "hint": "Run `leadbridge sync` again: it asks the target before it repeats anything.", "delivered_now": 0, "leads_without_email": 0, "warnings": [], "waiting": [], "key_refused": null}'),
	(3, 2, 1795827573924, 1795827574081, 'blocked', '{"route": "gyms", "status": "blocked", "run_id": 3, "campaigns_seen": 1, "campaigns_swept": 0, "leads_read": 0, "leads_known": 12, "states": {"held": 5, "ready": 4, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 0, "failed": 3}, "reasons": {"ok": 4, "target_gone": 3, "disposable": 1, "no_reply": 1, "not_validated": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 2, "instantly": 7}, "seconds": 0.151, "error": "Instantly campaign \"Old\" does not exist in this workspace.", "hint": "Fix instantly_campaign of this route in bridge.toml, then run `leadbridge check`.", "delivered_now": 0, "leads_without_email": 0, "warnings": [], "waiting": [], "key_refused": null}'),
	(4, 2, 1795827575167, 1795827575255, 'blocked', '{"route": "gyms", "status": "blocked", "run_id": 4, "campaigns_seen": 1, "campaigns_swept": 0, "leads_read": 0, "leads_known": 12, "states": {"held": 5, "ready": 4, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 0, "failed": 3}, "reasons": {"ok": 4, "target_gone": 3, "disposable": 1, "no_reply": 1, "not_validated": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 2, "instantly": 4}, "seconds": 0.074, "error": "Instantly campaign \"Old\" does not exist in this workspace.", "hint": "Fix instantly_campaign of this route in bridge.toml, then run `leadbridge check`.", "delivered_now": 0, "leads_without_email": 0, "warnings": [], "waiting": [], "key_refused": null}'),
	(5, 3, 1795827576366, 1795827576595, 'ok', '{"route": "vegan", "status": "ok", "run_id": 5, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 8, "ready": 2, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 2, "in_doubt": 0, "failed": 0}, "reasons": {"free_mail": 2, "ok": 2, "rejected": 2, "disposable": 1, "email_malformed": 1, "not_validated": 1, "role_address": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 6}, "seconds": 0.222, "error": null, "hint": null, "delivered_now": 0, "leads_without_email": 0, "warnings": [], "waiting": [], "key_refused": null}'),
	(6, 4, 1795827588935, 1795827589006, 'ok', '{"route": "studios", "status": "ok", "run_id": 6, "campaigns_seen": 1, "campaigns_swept": 0, "leads_read": 0, "leads_known": 0, "states": {"held": 0, "ready": 0, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 0, "failed": 0}, "reasons": {}, "requests": {"scravio": 3, "instantly": 2}, "seconds": 0.065, "error": null, "hint": null, "delivered_now": 0, "leads_without_email": 0, "warnings": ["\"Home studios\": Scravio is making its export; a later run reads it."], "waiting": [], "key_refused": null}'),
	(7, 1, 1795827590166, 1795827590203, 'ok', '{"route": "fitness", "status": "ok", "run_id": 7, "campaigns_seen": 1, "campaigns_swept": 0, "leads_read": 0, "leads_known": 12, "states": {"held": 7, "ready": 0, "sending": 0, "delivered": 3, "duplicate": 2, "refused": 0, "in_doubt": 0, "failed": 0}, "reasons": {"created": 3, "disposable": 1, "erased": 1, "in_list": 1, "in_target": 1, "no_reply": 1, "role_address": 1, "suppressed": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 2, "instantly": 1}, "seconds": 0.031, "error": null, "hint": null, "delivered_now": 0, "leads_without_email": 0, "warnings": [], "waiting": [], "key_refused": null}'),
	(8, 4, 1795827596041, 1795827596195, 'partial', '{"route": "studios", "status": "partial", "run_id": 8, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 8, "ready": 0, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 4, "failed": 0}, "reasons": {"answer_lost": 4, "suppressed": 3, "role_address": 2, "not_validated": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 4}, "seconds": 0.149, "error": "It is unknown whether POST /leads/add took effect. The connection to Instantly broke before the answer to POST /leads/add was complete (RemoteProtocolError: Server disconnected without sending a response.).", "hint": "Run `leadbridge sync` again: it asks the target before it repeats anything.", "delivered_now": 0, "leads_without_email": 0, "warnings": [], "waiting": [], "key_refused": null}'),
	(9, 3, 1795827597181, 0, 'running', ''),
	(10, 5, 1795827598330, 1795827598543, 'partial', '{"route": "yoga", "status": "partial", "run_id": 10, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 5, "ready": 0, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 7, "failed": 0}, "reasons": {"answer_lost": 7, "email_masked": 2, "suppressed": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 6}, "seconds": 0.204, "error": "It is unknown whether POST /leads/add took effect. The connection to Instantly broke before the answer to POST /leads/add was complete (ReadError: [Errno 104] Connection reset by peer).", "hint": "Run `leadbridge sync` again: it asks the target before it repeats anything.", "delivered_now": 0, "leads_without_email": 0, "warnings": ["Route \"studios\" has 4 leads in doubt; no other route sends to them meanwhile."], "waiting": [], "key_refused": null}');
INSERT INTO public.scope VALUES
	(1, 'instantly:01a019e4-7e00-7000-8000-000000000001'),
	(2, 'instantly:01a019e4-7e00-7000-8000-000000000001:campaign:01a14ee2-0e00-7000-8000-000000000004'),
	(3, 'instantly:01a019e4-7e00-7000-8000-000000000001:campaigns'),
	(4, 'instantly:01a019e4-7e00-7000-8000-000000000001:lists'),
	(5, 'instantly:01a019e4-7e00-7000-8000-000000000001:campaign:01a21ce0-6e00-7000-8000-000000000007'),
	(6, 'instantly:01a019e4-7e00-7000-8000-000000000001:campaign:01a21ce0-6e00-7000-8000-000000000006'),
	(7, 'instantly:01a019e4-7e00-7000-8000-000000000001:list:01a18261-a600-7000-8000-000000000005');
INSERT INTO public.suppression VALUES
	('ddf3c06e240f5492cdc21017ace362b8', 'address', 'chloe.patel8@outlook.com', '', 'instantly:blocklist', '01a019e4-7e00-7000-8000-000000000001', 1795827571568),
	('90f7f1ab568c082b9c8109d0e32044f2', 'address', 'yukifrost2025@gmail.com', 'asked by phone', 'operator', '', 1795827580930),
	('ca3c59fec7a7f5ad517241dfda7c6ebf', 'domain', 'northlight-talent.example', 'asked by phone', 'operator', '', 1795827580935),
	('2bed48820a33776e344d9f830ae8300a', 'address', '', 'erased on request', 'erased', '', 1795827582453);
INSERT INTO public.test_lead VALUES
	(1, 1, 1, 'me@agency.example', 'me@agency.example', '65f0000b0000000000000004', 'delivered', 'created', '', '01a21faa-4b92-7000-8000-00000000000f', 1795827583052, 1795827583892);
INSERT INTO public.tick VALUES
	(1, 1795827590148, 'schedule', 1795827590148, 1, 1795827590156, 1, 1795827590206, 'ok');
INSERT INTO public.timetable VALUES
	(1, 'every 3600 s', 1795827590148);
INSERT INTO public.validation VALUES
	(1, 4, 0, 20785, 'running', 2, 2000, 0, 0, 0, 'pv_65f0000b0000000500000000', 1795827586000, 0, 1795827646229, 0, 0, 0, 0, '');
SELECT pg_catalog.setval('public.batch_id_seq', 8, true);
SELECT pg_catalog.setval('public.campaign_no_seq', 6, true);
SELECT pg_catalog.setval('public.creation_id_seq', 1, true);
SELECT pg_catalog.setval('public.delivery_id_seq', 60, true);
SELECT pg_catalog.setval('public.erasure_no_seq', 1, true);
SELECT pg_catalog.setval('public.event_id_seq', 33, true);
SELECT pg_catalog.setval('public.export_id_seq', 1, true);
SELECT pg_catalog.setval('public.host_no_seq', 1, true);
SELECT pg_catalog.setval('public.lead_id_seq', 60, true);
SELECT pg_catalog.setval('public.place_no_seq', 4, true);
SELECT pg_catalog.setval('public.portion_id_seq', 1, true);
SELECT pg_catalog.setval('public.route_no_seq', 5, true);
SELECT pg_catalog.setval('public.run_id_seq', 10, true);
SELECT pg_catalog.setval('public.scope_no_seq', 7, true);
SELECT pg_catalog.setval('public.test_lead_id_seq', 1, true);
SELECT pg_catalog.setval('public.validation_id_seq', 1, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.alert
    ADD CONSTRAINT pk_alert PRIMARY KEY (route_no);
ALTER TABLE ONLY public.batch
    ADD CONSTRAINT pk_batch PRIMARY KEY (id);
ALTER TABLE ONLY public.binding
    ADD CONSTRAINT pk_binding PRIMARY KEY (route_no, target);
ALTER TABLE ONLY public.budget
    ADD CONSTRAINT pk_budget PRIMARY KEY (host_no, key);
ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT pk_campaign PRIMARY KEY (no);
ALTER TABLE ONLY public.checked
    ADD CONSTRAINT pk_checked PRIMARY KEY (address);
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT pk_claim PRIMARY KEY (person, scope_no);
ALTER TABLE ONLY public.creation
    ADD CONSTRAINT pk_creation PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT pk_delivery PRIMARY KEY (id);
ALTER TABLE ONLY public.erased
    ADD CONSTRAINT pk_erased PRIMARY KEY (key);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT pk_erasure PRIMARY KEY (no);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT pk_event PRIMARY KEY (id);
ALTER TABLE ONLY public.export
    ADD CONSTRAINT pk_export PRIMARY KEY (id);
ALTER TABLE ONLY public.host
    ADD CONSTRAINT pk_host PRIMARY KEY (no);
ALTER TABLE ONLY public.lead
    ADD CONSTRAINT pk_lead PRIMARY KEY (id);
ALTER TABLE ONLY public.lease
    ADD CONSTRAINT pk_lease PRIMARY KEY (route_no);
ALTER TABLE ONLY public.mark
    ADD CONSTRAINT pk_mark PRIMARY KEY (name);
ALTER TABLE ONLY public.place
    ADD CONSTRAINT pk_place PRIMARY KEY (no);
ALTER TABLE ONLY public.portion
    ADD CONSTRAINT pk_portion PRIMARY KEY (id);
ALTER TABLE ONLY public.returned
    ADD CONSTRAINT pk_returned PRIMARY KEY (route_no, campaign_no);
ALTER TABLE ONLY public.route
    ADD CONSTRAINT pk_route PRIMARY KEY (no);
ALTER TABLE ONLY public.route_campaign
    ADD CONSTRAINT pk_route_campaign PRIMARY KEY (route_no, campaign_no);
ALTER TABLE ONLY public.run
    ADD CONSTRAINT pk_run PRIMARY KEY (id);
ALTER TABLE ONLY public.scope
    ADD CONSTRAINT pk_scope PRIMARY KEY (no);
ALTER TABLE ONLY public.suppression
    ADD CONSTRAINT pk_suppression PRIMARY KEY (key);
ALTER TABLE ONLY public.test_lead
    ADD CONSTRAINT pk_test_lead PRIMARY KEY (id);
ALTER TABLE ONLY public.tick
    ADD CONSTRAINT pk_tick PRIMARY KEY (route_no, due_at);
ALTER TABLE ONLY public.timetable
    ADD CONSTRAINT pk_timetable PRIMARY KEY (route_no);
ALTER TABLE ONLY public.validation
    ADD CONSTRAINT pk_validation PRIMARY KEY (id);
ALTER TABLE ONLY public.validation_wait
    ADD CONSTRAINT pk_validation_wait PRIMARY KEY (route_no, campaign_no);
ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT uq_campaign_id UNIQUE (id);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT uq_delivery_route_no_lead_id UNIQUE (route_no, lead_id);
ALTER TABLE ONLY public.lead
    ADD CONSTRAINT uq_lead_campaign_no_source_id UNIQUE (campaign_no, source_id);
ALTER TABLE ONLY public.place
    ADD CONSTRAINT uq_place_vendor_workspace_kind_id UNIQUE (vendor, workspace, kind, id);
ALTER TABLE ONLY public.portion
    ADD CONSTRAINT uq_portion_file_number UNIQUE (file, number);
ALTER TABLE ONLY public.route
    ADD CONSTRAINT uq_route_name UNIQUE (name);
ALTER TABLE ONLY public.scope
    ADD CONSTRAINT uq_scope_name UNIQUE (name);
CREATE INDEX ix_batch_run_id ON public.batch USING btree (run_id);
CREATE INDEX ix_claim_delivery_id ON public.claim USING btree (delivery_id);
CREATE UNIQUE INDEX ix_creation_open ON public.creation USING btree (title) WHERE (state = ANY (ARRAY['asking'::text, 'created'::text]));
CREATE INDEX ix_delivery_domain ON public.delivery USING btree (route_no, domain) WHERE (domain <> ''::text);
CREATE INDEX ix_delivery_gone_from_target ON public.delivery USING btree (route_no) WHERE (gone_from_target <> 0);
CREATE INDEX ix_delivery_lead_id ON public.delivery USING btree (lead_id);
CREATE INDEX ix_delivery_open ON public.delivery USING btree (route_no, id) WHERE (state = ANY (ARRAY['sending'::text, 'in_doubt'::text]));
CREATE INDEX ix_delivery_ready ON public.delivery USING btree (route_no, rank) WHERE (state = 'ready'::text);
CREATE INDEX ix_delivery_remote_status ON public.delivery USING btree (route_no, remote_status) WHERE (remote_status <> ''::text);
CREATE INDEX ix_delivery_route_no_state_reason ON public.delivery USING btree (route_no, state, reason);
CREATE INDEX ix_delivery_stale ON public.delivery USING btree (route_no, id) WHERE (stale = 1);
CREATE INDEX ix_delivery_waits_for ON public.delivery USING btree (waits_for) WHERE (waits_for <> 0);
CREATE INDEX ix_erasure_person ON public.erasure USING btree (person);
CREATE INDEX ix_event_delivery_id ON public.event USING btree (delivery_id);
CREATE INDEX ix_export_asked_at ON public.export USING btree (asked_at);
CREATE INDEX ix_export_campaign_no ON public.export USING btree (campaign_no);
CREATE INDEX ix_lead_person ON public.lead USING btree (person) WHERE (person <> ''::text);
CREATE INDEX ix_run_route_no ON public.run USING btree (route_no, id);
CREATE INDEX ix_suppression_kind ON public.suppression USING btree (kind, key);
CREATE INDEX ix_suppression_origin ON public.suppression USING btree (origin, workspace);
CREATE INDEX ix_test_lead_place_no ON public.test_lead USING btree (place_no);
CREATE INDEX ix_tick_route_no ON public.tick USING btree (route_no) WHERE (ended_at = 0);
CREATE INDEX ix_validation_campaign_no ON public.validation USING btree (campaign_no);
CREATE UNIQUE INDEX ix_validation_open ON public.validation USING btree (campaign_no) WHERE (state = ANY (ARRAY['asking'::text, 'running'::text, 'joined'::text]));
CREATE INDEX ix_validation_route_no_day ON public.validation USING btree (route_no, day);
