CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
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
CREATE TABLE public.claim (
    scope_no bigint NOT NULL,
    person text NOT NULL,
    delivery_id bigint DEFAULT '0'::bigint NOT NULL
);
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
    fields text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.delivery_id_seq OWNED BY public.delivery.id;
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
    value text NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    origin text DEFAULT ''::text NOT NULL,
    added_at bigint DEFAULT '0'::bigint NOT NULL
);
ALTER TABLE ONLY public.batch ALTER COLUMN id SET DEFAULT nextval('public.batch_id_seq'::regclass);
ALTER TABLE ONLY public.campaign ALTER COLUMN no SET DEFAULT nextval('public.campaign_no_seq'::regclass);
ALTER TABLE ONLY public.delivery ALTER COLUMN id SET DEFAULT nextval('public.delivery_id_seq'::regclass);
ALTER TABLE ONLY public.event ALTER COLUMN id SET DEFAULT nextval('public.event_id_seq'::regclass);
ALTER TABLE ONLY public.lead ALTER COLUMN id SET DEFAULT nextval('public.lead_id_seq'::regclass);
ALTER TABLE ONLY public.place ALTER COLUMN no SET DEFAULT nextval('public.place_no_seq'::regclass);
ALTER TABLE ONLY public.route ALTER COLUMN no SET DEFAULT nextval('public.route_no_seq'::regclass);
ALTER TABLE ONLY public.run ALTER COLUMN id SET DEFAULT nextval('public.run_id_seq'::regclass);
ALTER TABLE ONLY public.scope ALTER COLUMN no SET DEFAULT nextval('public.scope_no_seq'::regclass);
INSERT INTO public.alembic_version VALUES
	('0001');
INSERT INTO public.batch VALUES
	(1, 1, 1, 1, 1, 7, 'answered', '{"duplicate_email_count":0,"duplicated_leads":1,"in_blocklist":1,"incomplete_count":0,"invalid_email_count":0,"leads_uploaded":4,"remaining_in_plan":24995,"skipped_count":1,"total_sent":7}', '', 1795827168387, 1795827168527),
	(2, 2, 2, 2, 1, 3, 'lost', '', '', 1795827172106, 1795827172181),
	(3, 5, 3, 1, 1, 2, 'refused', '', '', 1795827178128, 1795827178170),
	(5, 5, 3, 1, 1, 1, 'refused', '', '', 1795827178170, 1795827178193),
	(4, 5, 3, 1, 1, 1, 'refused', '', '', 1795827178170, 1795827178220),
	(6, 6, 4, 3, 1, 7, 'lost', '', '', 1795827181455, 1795827181496),
	(7, 7, 3, 1, 2, 2, '', '', '', 1795827182949, 0),
	(8, 8, 5, 4, 1, 8, 'lost', '', '', 1795827183749, 1795827183765);
INSERT INTO public.binding VALUES
	(1, 'instantly:campaign:Fitness Q4', 1),
	(2, 'instantly:campaign:Old', 2),
	(3, 'instantly:campaign:Fitness Q4', 1),
	(4, 'instantly:campaign:Creators EU', 3),
	(5, 'instantly:list:Scravio inbox', 4);
INSERT INTO public.campaign VALUES
	(1, '65f0000b0000000000000000', 'Fitness creators', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503600000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T11:00:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T11:00:00.000Z"}', 1795827168271, 1795830768271, 0, 0),
	(2, '65f0000b0000000400000000', 'Local gyms', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503360000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T10:56:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T10:56:00.000Z"}', 1795827172003, 1795830772003, 0, 0),
	(3, '65f0000b0000000300000000', 'Vegan kitchens', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503420000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T10:57:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T10:57:00.000Z"}', 1795827178035, 1795830778035, 0, 0),
	(4, '65f0000b0000000200000000', 'Home studios', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503480000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T10:58:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T10:58:00.000Z"}', 1795827181383, 1795830781383, 0, 0),
	(5, '65f0000b0000000100000000', 'Yoga teachers', 'INSTAGRAM_HASHTAG', 'fully_completed', 1795503540000, 1, '{"asked":"hasEmail","emailScanCount":12,"finishedAt":"2026-11-24T10:59:00.000Z","phaseState.deepsearch.status":"complete","phaseState.scraping.status":"complete","phaseState.validation.status":"complete","profileScannedCount":12,"progressPercentage":100,"status":"fully_completed","updatedAt":"2026-11-24T10:59:00.000Z"}', 1795827183713, 1795830783713, 0, 0);
INSERT INTO public.claim VALUES
	(1, 'carlos@patel-11.example', 11),
	(1, 'lars@hayes-4.example', 4),
	(1, 'leilaberg7@gmail.com', 7),
	(1, 'renata9@northlight-talent.example', 9),
	(1, 'second@brooks-3.example', 1),
	(1, 'tom@costa-6.example', 6),
	(2, 'carlos@patel-11.example', 11),
	(2, 'lars@hayes-4.example', 4),
	(2, 'leilaberg7@gmail.com', 7),
	(2, 'renata9@northlight-talent.example', 9),
	(2, 'second@brooks-3.example', 1),
	(2, 'tom@costa-6.example', 6),
	(3, 'carlos@patel-11.example', 11),
	(3, 'lars@hayes-4.example', 4),
	(3, 'leilaberg7@gmail.com', 7),
	(3, 'renata9@northlight-talent.example', 9),
	(3, 'second@brooks-3.example', 1),
	(3, 'tom@costa-6.example', 6),
	(2, 'carlos4049@paperplane-mgmt.example', 13),
	(2, 'ingridtran4051@gmail.com', 15),
	(2, 'pavelokafor4052@gmail.com', 16),
	(3, 'carlos4049@paperplane-mgmt.example', 13),
	(3, 'ingridtran4051@gmail.com', 15),
	(3, 'pavelokafor4052@gmail.com', 16),
	(5, 'carlos4049@paperplane-mgmt.example', 13),
	(5, 'ingridtran4051@gmail.com', 15),
	(5, 'pavelokafor4052@gmail.com', 16),
	(2, 'felixbrooks2036@gmail.com', 48),
	(2, 'ingrid2035@northlight-talent.example', 47),
	(2, 'kwame2032@northlight-talent.example', 44),
	(2, 'miaholm2028@gmail.com', 40),
	(2, 'siphosantos2027@gmail.com', 39),
	(2, 'sofiabrandt2033@gmail.com', 45),
	(2, 'yukifrost2025@gmail.com', 37),
	(3, 'felixbrooks2036@gmail.com', 48),
	(3, 'ingrid2035@northlight-talent.example', 47),
	(3, 'kwame2032@northlight-talent.example', 44),
	(3, 'miaholm2028@gmail.com', 40),
	(3, 'siphosantos2027@gmail.com', 39),
	(3, 'sofiabrandt2033@gmail.com', 45),
	(3, 'yukifrost2025@gmail.com', 37),
	(6, 'felixbrooks2036@gmail.com', 48),
	(6, 'ingrid2035@northlight-talent.example', 47),
	(6, 'kwame2032@northlight-talent.example', 44),
	(6, 'miaholm2028@gmail.com', 40),
	(6, 'siphosantos2027@gmail.com', 39),
	(6, 'sofiabrandt2033@gmail.com', 45),
	(6, 'yukifrost2025@gmail.com', 37),
	(1, 'amara@ivanova-3043.example', 31),
	(1, 'yuki3047@northlight-talent.example', 35);
INSERT INTO public.claim VALUES
	(2, 'amara@ivanova-3043.example', 31),
	(2, 'yuki3047@northlight-talent.example', 35),
	(3, 'amara@ivanova-3043.example', 31),
	(3, 'yuki3047@northlight-talent.example', 35),
	(3, 'beatriz1019@northlight-talent.example', 55),
	(3, 'beatrizberg1016@gmail.com', 52),
	(3, 'contact@haddad-1020.example', 56),
	(3, 'elenahaddad1013@gmail.com', 49),
	(3, 'freyanowak1023@gmail.com', 59),
	(3, 'hello@tran-1018.example', 54),
	(3, 'nadia@brooks-1021.example', 57),
	(4, 'beatriz1019@northlight-talent.example', 55),
	(4, 'beatrizberg1016@gmail.com', 52),
	(4, 'contact@haddad-1020.example', 56),
	(4, 'elenahaddad1013@gmail.com', 49),
	(4, 'freyanowak1023@gmail.com', 59),
	(4, 'hello@tran-1018.example', 54),
	(4, 'leilaberg7@gmail.com', 50),
	(4, 'nadia@brooks-1021.example', 57),
	(7, 'beatriz1019@northlight-talent.example', 55),
	(7, 'beatrizberg1016@gmail.com', 52),
	(7, 'contact@haddad-1020.example', 56),
	(7, 'elenahaddad1013@gmail.com', 49),
	(7, 'freyanowak1023@gmail.com', 59),
	(7, 'hello@tran-1018.example', 54),
	(7, 'leilaberg7@gmail.com', 50),
	(7, 'nadia@brooks-1021.example', 57);
INSERT INTO public.delivery VALUES
	(2, 1, 2, 'held', 'no_reply', 'local', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550372000065f0000b0000000000000002', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(3, 1, 3, 'held', 'role_address', 'local', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550372000065f0000b0000000000000003', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(5, 1, 5, 'held', 'validation_invalid', 'local', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550372800065f0000b0000000000000005', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(10, 1, 10, 'held', 'validation_pending', 'local', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550373600065f0000b000000000000000a', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(12, 1, 12, 'held', 'disposable', 'local', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550373600065f0000b000000000000000c', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(1, 1, 1, 'delivered', 'created', 'api', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550372000065f0000b0000000000000001', 'brooks-3.example', 0, 0, 1, 0, 1, 1, 1795827168023, 0, 0, 1795827168527, '01a21fa3-f4bf-7000-8000-00000000000b', '', 'second@brooks-3.example', '{"first_name":"Pedro","last_name":"Torres","variables":{"platform":"instagram","username":"torres.pedro1","profile_url":"https://www.instagram.com/torres.pedro1/","followers":"2620","source_campaign":"Fitness creators"}}'),
	(4, 1, 4, 'delivered', 'created', 'api', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550372000065f0000b0000000000000004', 'hayes-4.example', 0, 0, 1, 0, 1, 1, 1795827168023, 0, 0, 1795827168527, '01a21fa3-f4bf-7000-8000-00000000000c', '', 'lars@hayes-4.example', '{"website":"https://hayes.lars4.example/","variables":{"platform":"instagram","username":"hayes.lars4","profile_url":"https://www.instagram.com/hayes.lars4/","followers":"617270","source_campaign":"Fitness creators"}}'),
	(6, 1, 6, 'duplicate', 'in_target', 'lookup', 'created 2026-11-27 12:00 UTC', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550372800065f0000b0000000000000006', 'costa-6.example', 0, 0, 1, 0, 1, 1, 1795827168023, 0, 0, 0, '01a21ce0-6e00-7000-8000-000000000008', '', 'tom@costa-6.example', '{"first_name":"Tom","last_name":"Costa","variables":{"platform":"instagram","username":"tom.costa6","profile_url":"https://www.instagram.com/tom.costa6/","followers":"153924","source_campaign":"Fitness creators"}}'),
	(7, 1, 7, 'delivered', 'created', 'api', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550372800065f0000b0000000000000007', '', 0, 0, 1, 0, 1, 1, 1795827168023, 0, 0, 1795827168527, '01a21fa3-f4bf-7000-8000-00000000000d', '', 'leila.berg7@gmail.com', '{"first_name":"Leila","last_name":"Berg","variables":{"platform":"instagram","username":"itsleila_7","profile_url":"https://www.instagram.com/itsleila_7/","followers":"134747","source_campaign":"Fitness creators"}}'),
	(8, 1, 8, 'refused', 'blocklist', 'lookup', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550372800065f0000b0000000000000008', '', 0, 0, 1, 0, 1, 1, 1795827168023, 0, 0, 0, '', '', 'chloe.patel8@outlook.com', '{"first_name":"Chloe","last_name":"Patel","variables":{"platform":"instagram","followers":"122","source_campaign":"Fitness creators"}}'),
	(9, 1, 9, 'delivered', 'created', 'api', '', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550373600065f0000b0000000000000009', 'northlight-talent.example', 0, 0, 1, 0, 1, 1, 1795827168023, 0, 0, 1795827168527, '01a21fa3-f4bf-7000-8000-00000000000e', '', 'renata9@northlight-talent.example', '{"variables":{"platform":"instagram","username":"therenatasantos9","profile_url":"https://www.instagram.com/therenatasantos9/","followers":"383531","source_campaign":"Fitness creators"}}'),
	(11, 1, 11, 'duplicate', 'in_list', 'lookup', 'list 01a18261-a600-7000-8000-000000000005', 'd108d48dbe7e', 1795827168216, 1, 0, '1795503600000179550373600065f0000b000000000000000b', 'patel-11.example', 0, 0, 1, 0, 1, 1, 1795827168023, 0, 0, 0, '01a21ce0-6e00-7000-8000-000000000009', '', 'carlos@patel-11.example', '{"first_name":"Carlos","last_name":"Patel","website":"https://linktr.ee/carlos.patel11","variables":{"platform":"instagram","username":"carlos.patel11","profile_url":"https://www.instagram.com/carlos.patel11/","followers":"56504","source_campaign":"Fitness creators"}}'),
	(14, 2, 14, 'held', 'not_validated', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550348000065f0000b0000000400000002', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(17, 2, 17, 'held', 'validation_invalid', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550348800065f0000b0000000400000005', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(18, 2, 18, 'ready', 'ok', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550348800065f0000b0000000400000006', 'sharma-4054.example', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 'paula@sharma-4054.example', '{"first_name":"Paula","last_name":"Sharma","variables":{"platform":"instagram","username":"sharma.paula4054","profile_url":"https://www.instagram.com/sharma.paula4054/","followers":"114313","source_campaign":"Local gyms"}}'),
	(19, 2, 19, 'held', 'disposable', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550348800065f0000b0000000400000007', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(20, 2, 20, 'ready', 'ok', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550348800065f0000b0000000400000008', 'keller-4056.example', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 'info@keller-4056.example', '{"first_name":"Emma","last_name":"Keller","website":"https://linktr.ee/emma.keller4056","variables":{"platform":"instagram","username":"emma.keller4056","profile_url":"https://www.instagram.com/emma.keller4056/","followers":"345","source_campaign":"Local gyms"}}'),
	(21, 2, 21, 'held', 'no_reply', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550349600065f0000b0000000400000009', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(22, 2, 22, 'held', 'validation_pending', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550349600065f0000b000000040000000a', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(23, 2, 23, 'ready', 'ok', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550349600065f0000b000000040000000b', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 'chloe.frost4059@hotmail.com', '{"website":"https://chloe.frost4059.example/","variables":{"platform":"instagram","username":"chloe.frost4059","profile_url":"https://www.instagram.com/chloe.frost4059/","followers":"2713","source_campaign":"Local gyms"}}'),
	(24, 2, 24, 'ready', 'ok', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550349600065f0000b000000040000000c', 'moreau-4060.example', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 'team@moreau-4060.example', '{"first_name":"Ivan","last_name":"Moreau","variables":{"platform":"instagram","username":"itsivan_4060","profile_url":"https://www.instagram.com/itsivan_4060/","followers":"3521","source_campaign":"Local gyms"}}'),
	(13, 2, 13, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550348000065f0000b0000000400000001', 'paperplane-mgmt.example', 0, 0, 1, 0, 2, 2, 1795827172034, 1795827172181, 0, 0, '', '', 'carlos4049@paperplane-mgmt.example', '{"first_name":"Carlos","last_name":"Lopez","website":"https://itscarlos_4049.example/","variables":{"platform":"instagram","username":"itscarlos_4049","profile_url":"https://www.instagram.com/itscarlos_4049/","followers":"7003","source_campaign":"Local gyms"}}'),
	(15, 2, 15, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550348000065f0000b0000000400000003', '', 0, 0, 1, 0, 2, 2, 1795827172034, 1795827172181, 0, 0, '', '', 'ingrid.tran4051@gmail.com', '{"first_name":"Ingrid","last_name":"Tran","website":"https://linktr.ee/itsingrid_4051","variables":{"platform":"instagram","username":"itsingrid_4051","profile_url":"https://www.instagram.com/itsingrid_4051/","followers":"6238","source_campaign":"Local gyms"}}'),
	(16, 2, 16, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827171963, 1, 0, '1795503360000179550348000065f0000b0000000400000004', '', 0, 0, 1, 0, 2, 2, 1795827172034, 1795827172181, 0, 0, '', '', 'pavel.okafor4052@gmail.com', '{"variables":{"platform":"instagram","username":"pavelmoves4052","profile_url":"https://www.instagram.com/pavelmoves4052/","followers":"105390","source_campaign":"Local gyms"}}'),
	(25, 3, 25, 'held', 'disposable', 'local', '', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550354000065f0000b0000000300000001', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(26, 3, 26, 'held', 'not_validated', 'local', '', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550354000065f0000b0000000300000002', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(29, 3, 29, 'held', 'validation_invalid', 'local', '', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550354800065f0000b0000000300000005', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(30, 3, 30, 'held', 'role_address', 'local', '', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550354800065f0000b0000000300000006', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(32, 3, 32, 'held', 'email_malformed', 'local', 'has no @', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550354800065f0000b0000000300000008', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(33, 3, 33, 'held', 'free_mail', 'local', '', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550355600065f0000b0000000300000009', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(34, 3, 34, 'held', 'validation_pending', 'local', '', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550355600065f0000b000000030000000a', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(36, 3, 36, 'held', 'free_mail', 'local', '', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550355600065f0000b000000030000000c', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(37, 4, 37, 'in_doubt', 'answer_lost', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550360000065f0000b0000000200000001', '', 0, 0, 1, 0, 3, 6, 1795827181019, 1795827181496, 0, 0, '', '', 'yuki.frost2025@gmail.com', '{"variables":{"platform":"instagram","username":"theyukifrost2025","profile_url":"https://www.instagram.com/theyukifrost2025/","followers":"20310","source_campaign":"Home studios"}}'),
	(27, 3, 27, 'refused', 'rejected', 'api', 'Instantly turned POST /leads/add down (400) (as the rule says).', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550354000065f0000b0000000300000003', 'paperplane-mgmt.example', 0, 0, 1, 0, 1, 5, 1795827178015, 0, 0, 0, '', '', 'omar3039@paperplane-mgmt.example', '{"first_name":"Omar","last_name":"Bennett","variables":{"platform":"instagram","username":"itsomar_3039","profile_url":"https://www.instagram.com/itsomar_3039/","followers":"949521","source_campaign":"Vegan kitchens"}}'),
	(28, 3, 28, 'refused', 'rejected', 'api', 'Instantly turned POST /leads/add down (400) (as the rule says).', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550354000065f0000b0000000300000004', 'grant-3040.example', 0, 0, 1, 0, 1, 4, 1795827178015, 0, 0, 0, '', '', 'lars@grant-3040.example', '{"website":"https://lars.grant3040.example/","variables":{"platform":"instagram","username":"lars.grant3040","profile_url":"https://www.instagram.com/lars.grant3040/","followers":"33188","source_campaign":"Vegan kitchens"}}'),
	(38, 4, 38, 'held', 'not_validated', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550360000065f0000b0000000200000002', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(31, 3, 31, 'sending', 'ok', 'local', '', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550354800065f0000b0000000300000007', 'ivanova-3043.example', 0, 0, 1, 0, 1, 7, 1795827182004, 0, 0, 0, '', '', 'amara@ivanova-3043.example', '{"variables":{"platform":"instagram","username":"theamaraivanova3043","profile_url":"https://www.instagram.com/theamaraivanova3043/","followers":"213","source_campaign":"Vegan kitchens"}}'),
	(35, 3, 35, 'sending', 'ok', 'local', '', '59424898b8ef', 1795827178009, 1, 0, '1795503420000179550355600065f0000b000000030000000b', 'northlight-talent.example', 0, 0, 1, 0, 1, 7, 1795827182004, 0, 0, 0, '', '', 'yuki3047@northlight-talent.example', '{"website":"https://linktr.ee/yuki.ramos3047","variables":{"platform":"instagram","username":"yuki.ramos3047","profile_url":"https://www.instagram.com/yuki.ramos3047/","followers":"142938","source_campaign":"Vegan kitchens"}}'),
	(51, 5, 51, 'held', 'email_masked', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550366000065f0000b0000000100000003', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(53, 5, 53, 'held', 'validation_invalid', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550366800065f0000b0000000100000005', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(50, 5, 50, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550366000065f0000b0000000100000002', '', 0, 0, 1, 0, 4, 8, 1795827183007, 1795827183765, 0, 0, '', '', 'leila.berg7+yoga@googlemail.com', '{"variables":{"platform":"instagram","username":"itspriya_1014","profile_url":"https://www.instagram.com/itspriya_1014/","followers":"197","source_campaign":"Yoga teachers"}}'),
	(52, 5, 52, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550366000065f0000b0000000100000004', '', 0, 0, 1, 0, 4, 8, 1795827183007, 1795827183765, 0, 0, '', '', 'beatriz.berg1016@gmail.com', '{"website":"https://berg.beatriz1016.example/","variables":{"platform":"instagram","username":"berg.beatriz1016","profile_url":"https://www.instagram.com/berg.beatriz1016/","followers":"216478","source_campaign":"Yoga teachers"}}'),
	(41, 4, 41, 'held', 'validation_invalid', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550360800065f0000b0000000200000005', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(42, 4, 42, 'held', 'role_address', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550360800065f0000b0000000200000006', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(43, 4, 43, 'held', 'role_address', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550360800065f0000b0000000200000007', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(46, 4, 46, 'held', 'validation_pending', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550361600065f0000b000000020000000a', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(39, 4, 39, 'in_doubt', 'answer_lost', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550360000065f0000b0000000200000003', '', 0, 0, 1, 0, 3, 6, 1795827181019, 1795827181496, 0, 0, '', '', 'sipho.santos2027@gmail.com', '{"website":"https://itssipho_2027.example/","variables":{"platform":"instagram","username":"itssipho_2027","profile_url":"https://www.instagram.com/itssipho_2027/","followers":"632","source_campaign":"Home studios"}}'),
	(40, 4, 40, 'in_doubt', 'answer_lost', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550360000065f0000b0000000200000004', '', 0, 0, 1, 0, 3, 6, 1795827181019, 1795827181496, 0, 0, '', '', 'mia.holm2028@gmail.com', '{"variables":{"platform":"instagram","username":"miamoves2028","profile_url":"https://www.instagram.com/miamoves2028/","followers":"126","source_campaign":"Home studios"}}'),
	(44, 4, 44, 'in_doubt', 'answer_lost', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550360800065f0000b0000000200000008', 'northlight-talent.example', 0, 0, 1, 0, 3, 6, 1795827181019, 1795827181496, 0, 0, '', '', 'kwame2032@northlight-talent.example', '{"first_name":"Kwame","last_name":"Kim","variables":{"platform":"instagram","username":"itskwame_2032","profile_url":"https://www.instagram.com/itskwame_2032/","followers":"356","source_campaign":"Home studios"}}'),
	(45, 4, 45, 'in_doubt', 'answer_lost', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550361600065f0000b0000000200000009', '', 0, 0, 1, 0, 3, 6, 1795827181019, 1795827181496, 0, 0, '', '', 'sofia.brandt2033@gmail.com', '{"first_name":"Sofia","last_name":"Brandt","website":"https://linktr.ee/brandt.sofia2033","variables":{"platform":"instagram","username":"brandt.sofia2033","profile_url":"https://www.instagram.com/brandt.sofia2033/","followers":"10211","source_campaign":"Home studios"}}');
INSERT INTO public.delivery VALUES
	(47, 4, 47, 'in_doubt', 'answer_lost', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550361600065f0000b000000020000000b', 'northlight-talent.example', 0, 0, 1, 0, 3, 6, 1795827181019, 1795827181496, 0, 0, '', '', 'ingrid2035@northlight-talent.example', '{"first_name":"Ingrid","last_name":"Costa","website":"https://linktr.ee/ingrid.costa2035","variables":{"platform":"instagram","username":"ingrid.costa2035","profile_url":"https://www.instagram.com/ingrid.costa2035/","followers":"6588","source_campaign":"Home studios"}}'),
	(48, 4, 48, 'in_doubt', 'answer_lost', 'local', '', '888148912dba', 1795827181341, 1, 0, '1795503480000179550361600065f0000b000000020000000c', '', 0, 0, 1, 0, 3, 6, 1795827181019, 1795827181496, 0, 0, '', '', 'felix.brooks2036@gmail.com', '{"variables":{"platform":"instagram","username":"itsfelix_2036","profile_url":"https://www.instagram.com/itsfelix_2036/","followers":"41754","source_campaign":"Home studios"}}'),
	(49, 5, 49, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550366000065f0000b0000000100000001', '', 0, 0, 1, 0, 4, 8, 1795827183007, 1795827183765, 0, 0, '', '', 'elena.haddad1013@gmail.com', '{"variables":{"platform":"instagram","username":"haddad.elena1013","profile_url":"https://www.instagram.com/haddad.elena1013/","followers":"632670","source_campaign":"Yoga teachers"}}'),
	(58, 5, 58, 'held', 'validation_pending', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550367600065f0000b000000010000000a', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(60, 5, 60, 'held', 'email_masked', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550367600065f0000b000000010000000c', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', ''),
	(54, 5, 54, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550366800065f0000b0000000100000006', 'tran-1018.example', 0, 0, 1, 0, 4, 8, 1795827183007, 1795827183765, 0, 0, '', '', 'hello@tran-1018.example', '{"first_name":"Pedro","last_name":"Tran","website":"https://linktr.ee/thepedrotran1018","variables":{"platform":"instagram","username":"thepedrotran1018","profile_url":"https://www.instagram.com/thepedrotran1018/","followers":"35455","source_campaign":"Yoga teachers"}}'),
	(55, 5, 55, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550366800065f0000b0000000100000007', 'northlight-talent.example', 0, 0, 1, 0, 4, 8, 1795827183007, 1795827183765, 0, 0, '', '', 'beatriz1019@northlight-talent.example', '{"first_name":"Beatriz","last_name":"Dlamini","variables":{"platform":"instagram","username":"beatriz.dlamini1019","profile_url":"https://www.instagram.com/beatriz.dlamini1019/","followers":"12345","source_campaign":"Yoga teachers"}}'),
	(56, 5, 56, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550366800065f0000b0000000100000008', 'haddad-1020.example', 0, 0, 1, 0, 4, 8, 1795827183007, 1795827183765, 0, 0, '', '', 'contact@haddad-1020.example', '{"website":"https://haddad.anton1020.example/","variables":{"platform":"instagram","username":"haddad.anton1020","profile_url":"https://www.instagram.com/haddad.anton1020/","followers":"57075","source_campaign":"Yoga teachers"}}'),
	(57, 5, 57, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550367600065f0000b0000000100000009', 'brooks-1021.example', 0, 0, 1, 0, 4, 8, 1795827183007, 1795827183765, 0, 0, '', '', 'nadia@brooks-1021.example', '{"first_name":"Nadia","last_name":"Brooks","variables":{"platform":"instagram","username":"nadia.brooks1021","profile_url":"https://www.instagram.com/nadia.brooks1021/","followers":"8016","source_campaign":"Yoga teachers"}}'),
	(59, 5, 59, 'in_doubt', 'answer_lost', 'local', '', '3018d43d95cc', 1795827183699, 1, 0, '1795503540000179550367600065f0000b000000010000000b', '', 0, 0, 1, 0, 4, 8, 1795827183007, 1795827183765, 0, 0, '', '', 'freya.nowak1023@gmail.com', '{"first_name":"Freya","last_name":"Nowak","variables":{"platform":"instagram","username":"itsfreya_1023","profile_url":"https://www.instagram.com/itsfreya_1023/","followers":"67308","source_campaign":"Yoga teachers"}}');
INSERT INTO public.event VALUES
	(1, 1, 1795827168527, 'delivered', 'created', 'api', 1, ''),
	(2, 4, 1795827168527, 'delivered', 'created', 'api', 1, ''),
	(3, 6, 1795827168527, 'duplicate', 'in_target', 'lookup', 1, 'created 2026-11-27 12:00 UTC'),
	(4, 7, 1795827168527, 'delivered', 'created', 'api', 1, ''),
	(5, 8, 1795827168527, 'refused', 'blocklist', 'lookup', 1, ''),
	(6, 9, 1795827168527, 'delivered', 'created', 'api', 1, ''),
	(7, 11, 1795827168527, 'duplicate', 'in_list', 'lookup', 1, 'list 01a18261-a600-7000-8000-000000000005'),
	(8, 13, 1795827172181, 'in_doubt', 'answer_lost', 'local', 2, ''),
	(9, 15, 1795827172181, 'in_doubt', 'answer_lost', 'local', 2, ''),
	(10, 16, 1795827172181, 'in_doubt', 'answer_lost', 'local', 2, ''),
	(11, 27, 1795827178193, 'refused', 'rejected', 'api', 5, 'Instantly turned POST /leads/add down (400) (as the rule says).'),
	(12, 28, 1795827178220, 'refused', 'rejected', 'api', 4, 'Instantly turned POST /leads/add down (400) (as the rule says).'),
	(13, 37, 1795827181496, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(14, 39, 1795827181496, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(15, 40, 1795827181496, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(16, 44, 1795827181496, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(17, 45, 1795827181496, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(18, 47, 1795827181496, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(19, 48, 1795827181496, 'in_doubt', 'answer_lost', 'local', 6, ''),
	(20, 49, 1795827183765, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(21, 50, 1795827183765, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(22, 52, 1795827183765, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(23, 54, 1795827183765, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(24, 55, 1795827183765, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(25, 56, 1795827183765, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(26, 57, 1795827183765, 'in_doubt', 'answer_lost', 'local', 8, ''),
	(27, 59, 1795827183765, 'in_doubt', 'answer_lost', 'local', 8, '');
INSERT INTO public.lead VALUES
	(1, 1, '65f0000b0000000000000001', 'second@brooks-3.example', 'torres.pedro1', 'valid', 1, 2277808892219871237, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"second@brooks-3.example","email_source":"deep_search","username":"torres.pedro1","full_name":"Pedro Torres","biography":"home decor creator\nDM for collabs","followers":2620,"following":3610,"posts":2230,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"PL","validation":"valid","is_valid":true,"checked_at":1795766400000,"scraped_at":1795503720000}'),
	(2, 1, '65f0000b0000000000000002', 'noreply@larsen.example', 'thejonaslarsen2', 'valid', 1, 2411977341354437963, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"noreply@larsen.example","email_source":"deep_search","username":"thejonaslarsen2","full_name":"Jonas Larsen","biography":"Helping you fall in love with running | coach & mum of two","followers":7993,"following":2518,"posts":21,"website":"linktr.ee/thejonaslarsen2","is_private":false,"is_verified":false,"country":"AU","city":"Lyon","validation":"valid","is_valid":true,"checked_at":1795766400000,"scraped_at":1795503720000}'),
	(3, 1, '65f0000b0000000000000003', 'press@brooks-3.example', 'brooks.elena3', 'valid', 1, -6372091901912385544, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"press@brooks-3.example","email_source":"initial","username":"brooks.elena3","full_name":"Dr. Elena Brooks, MSc","biography":"\ud83d\udccd somewhere sunny | coffee | work with me \ud83d\udc47","followers":198,"following":918,"posts":1335,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"US","city":"Leeds","validation":"valid","is_valid":true,"checked_at":1795511880000,"scraped_at":1795503720000}'),
	(4, 1, '65f0000b0000000000000004', 'lars@hayes-4.example', 'hayes.lars4', 'valid', 1, -5257864373662716047, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"lars@hayes-4.example","email_source":"initial","username":"hayes.lars4","full_name":"{{firstName}} Hayes","biography":"van life \u2022 coffee \u2022 dogs","followers":617270,"following":423,"posts":1193,"website":"https://hayes.lars4.example/","is_private":false,"is_verified":false,"country":"FR","validation":"valid","is_valid":true,"checked_at":1795440120000,"scraped_at":1795503720000}'),
	(5, 1, '65f0000b0000000000000005', 'priya@vega-5.example', 'thepriyavega5', 'invalid', 1, 4945530127418797592, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"priya@vega-5.example","email_source":"initial","username":"thepriyavega5","full_name":"\u0928\u0947\u0939\u093e \u0935\u0930\u094d\u092e\u093e","biography":"broken \ud83d half emoji, NUL \u0000 and bell \u0007 vegan food","followers":49209,"following":2907,"posts":503,"website":"https://thepriyavega5.example/","is_private":false,"is_verified":false,"is_business":false,"country":"FR","city":"Leeds","validation":"invalid","is_valid":false,"checked_at":1795498200000,"scraped_at":1795503728000}'),
	(6, 1, '65f0000b0000000000000006', 'tom@costa-6.example', 'tom.costa6', 'valid', 1, -2736952557213153755, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"tom@costa-6.example","email_source":"initial","phone":"0151 555 0105","username":"tom.costa6","full_name":"Tom Costa","biography":"=HYPERLINK(\"https://tom.costa6.example\",\"parenting\")","followers":153924,"following":3380,"posts":1027,"is_private":false,"is_verified":false,"is_business":true,"validation":"valid","is_valid":true,"checked_at":1795516440000,"scraped_at":1795503728000}'),
	(7, 1, '65f0000b0000000000000007', 'leilaberg7@gmail.com', 'itsleila_7', 'valid', 1, -8730460572850935671, 1795827168216, '{"platform":"instagram","source_type":"profile","email":" LEILA.BERG7@GMAIL.COM ","email_source":"deep_search","username":"itsleila_7","full_name":"leila berg","biography":"all things yoga \u2728 new video every Friday","followers":134747,"following":3340,"posts":409,"is_private":false,"is_verified":false,"is_business":true,"country":"JP","validation":"valid","is_valid":true,"checked_at":1795440840000,"scraped_at":1795503728000}'),
	(8, 1, '65f0000b0000000000000008', 'chloe.patel8@outlook.com', '', 'valid', 1, -8903760418234127352, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"chloe.patel8@outlook.com","email_source":"initial","full_name":"Chloe Patel","biography":"Helping you fall in love with fitness | coach & mum of two","followers":122,"following":1348,"posts":642,"is_private":false,"is_verified":false,"is_business":false,"country":"IT","validation":"valid","is_valid":true,"checked_at":1795483680000,"scraped_at":1795503728000}'),
	(9, 1, '65f0000b0000000000000009', 'renata9@northlight-talent.example', 'therenatasantos9', 'valid', 1, -4262399118832081921, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"renata9@northlight-talent.example","email_source":"deep_search","username":"therenatasantos9","full_name":"Renata | Fitness Coach","biography":"parenting \u2022 coffee \u2022 dogs","followers":383531,"following":3986,"posts":2007,"is_private":false,"is_verified":false,"is_business":false,"country":"ES","validation":"valid","is_valid":true,"checked_at":1795450740000,"scraped_at":1795503736000}'),
	(10, 1, '65f0000b000000000000000a', 'katya@moreno-10.example', 'katya.moreno10', 'pending', 1, -588354741424388734, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"katya@moreno-10.example","email_source":"deep_search","username":"katya.moreno10","full_name":"Katya | Fitness Coach","biography":"null","followers":631003,"following":2247,"posts":568,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":false,"country":"CA","validation":"pending","is_valid":false,"scraped_at":1795503736000}'),
	(11, 1, '65f0000b000000000000000b', 'carlos@patel-11.example', 'carlos.patel11', 'valid', 1, -7187384408818695254, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"carlos@patel-11.example","email_source":"initial","username":"carlos.patel11","full_name":"CARLOS PATEL","biography":"Founder @carlos.patel11.studio \u2014 yoga for busy people","followers":56504,"following":2424,"posts":636,"website":"linktr.ee/carlos.patel11","is_private":false,"is_verified":false,"is_business":false,"country":"SE","validation":"valid","is_valid":true,"checked_at":1795501440000,"scraped_at":1795503736000}'),
	(12, 1, '65f0000b000000000000000c', 'leila12@mailinator.com', 'leila.moreno12', 'valid', 1, 9194796766389156916, 1795827168216, '{"platform":"instagram","source_type":"profile","email":"leila12@mailinator.com","email_source":"initial","username":"leila.moreno12","full_name":"LEILA MORENO","biography":"fitness creator\nDM for collabs","followers":4083,"following":188,"posts":197,"is_private":false,"is_verified":false,"country":"AU","city":"Austin","validation":"valid","is_valid":true,"checked_at":1795453020000,"scraped_at":1795503736000}'),
	(13, 2, '65f0000b0000000400000001', 'carlos4049@paperplane-mgmt.example', 'itscarlos_4049', 'valid', 1, -7213914730445403016, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"carlos4049@paperplane-mgmt.example","email_source":"initial","username":"itscarlos_4049","full_name":"Carlos Lopez","biography":"fitness creator\nDM for collabs","followers":7003,"following":2841,"posts":756,"website":"https://itscarlos_4049.example/","is_private":false,"is_verified":false,"country":"CA","validation":"valid","is_valid":true,"checked_at":1795498980000,"scraped_at":1795503480000}'),
	(14, 2, '65f0000b0000000400000002', 'pavelcosta4050@gmail.com', 'thepavelcosta4050', '', 1, 1306864104600716798, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"pavel.costa4050@gmail.com","email_source":"deep_search","username":"thepavelcosta4050","full_name":"Dr. Pavel Costa, MSc","biography":"\ud83d\udccd somewhere sunny | travel | work with me \ud83d\udc47","followers":811086,"following":119,"posts":560,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"IN","scraped_at":1795503480000}'),
	(15, 2, '65f0000b0000000400000003', 'ingridtran4051@gmail.com', 'itsingrid_4051', 'valid', 1, -1566807408953252179, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"ingrid.tran4051@gmail.com","email_source":"deep_search","username":"itsingrid_4051","full_name":"Ingrid Tran","biography":"home decor creator\nDM for collabs","followers":6238,"following":3605,"posts":1858,"website":"linktr.ee/itsingrid_4051","is_private":false,"is_verified":false,"country":"CA","city":"Austin","validation":"valid","is_valid":true,"checked_at":1795472040000,"scraped_at":1795503480000}'),
	(16, 2, '65f0000b0000000400000004', 'pavelokafor4052@gmail.com', 'pavelmoves4052', 'valid', 1, -7755472743260997605, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"pavel.okafor4052@gmail.com","email_source":"deep_search","username":"pavelmoves4052","full_name":"NULL","biography":"Helping you fall in love with fitness | coach & mum of two","followers":105390,"following":568,"posts":1355,"is_private":false,"is_verified":true,"is_business":false,"country":"CA","validation":"valid","is_valid":true,"checked_at":1795447260000,"scraped_at":1795503480000}'),
	(17, 2, '65f0000b0000000400000005', 'islaivanova4053@gmail.com', 'isla.ivanova4053', 'invalid', 1, 4656400503107655142, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"isla.ivanova4053@gmail.com","email_source":"initial","phone":"+491555550104","username":"isla.ivanova4053","full_name":"Isla Ivanova","biography":"Helping you fall in love with personal finance | coach & mum of two","followers":6879,"following":2313,"posts":1449,"website":"https://isla.ivanova4053.example/","is_private":false,"is_verified":false,"is_business":true,"country":"CA","city":"Austin","validation":"invalid","is_valid":false,"checked_at":1795441740000,"scraped_at":1795503488000}'),
	(18, 2, '65f0000b0000000400000006', 'paula@sharma-4054.example', 'sharma.paula4054', 'valid', 1, 7562720075373904300, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"paula@sharma-4054.example","email_source":"initial","username":"sharma.paula4054","full_name":"Paula Sharma","biography":"photography very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end ","followers":114313,"following":2895,"posts":140,"is_private":false,"is_verified":false,"is_business":false,"country":"IN","city":"Malm\u00f6","validation":"valid","is_valid":true,"checked_at":1795452360000,"scraped_at":1795503488000}'),
	(19, 2, '65f0000b0000000400000007', 'isla4055@guerrillamail.com', 'novak.isla4055', 'valid', 1, 5519504034841893032, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"isla4055@guerrillamail.com","email_source":"deep_search","username":"novak.isla4055","biography":"all things pilates \u2728 new video every Friday","followers":142,"following":1097,"posts":1179,"website":"https://novak.isla4055.example/","is_private":false,"is_verified":false,"is_business":true,"country":"GB","city":"Lisbon","validation":"valid","is_valid":true,"checked_at":1795447200000,"scraped_at":1795503488000}'),
	(20, 2, '65f0000b0000000400000008', 'info@keller-4056.example', 'emma.keller4056', 'valid', 1, 4885032330989319074, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"info@keller-4056.example","email_source":"initial","username":"emma.keller4056","full_name":"emma keller","biography":"\ud83d\udccd somewhere sunny | skincare | work with me \ud83d\udc47","followers":345,"following":3217,"posts":1795,"website":"linktr.ee/emma.keller4056","is_private":false,"is_verified":false,"country":"NL","validation":"valid","is_valid":true,"checked_at":1795517340000,"scraped_at":1795503488000}'),
	(21, 2, '65f0000b0000000400000009', 'postmaster@fischer-4057.example', 'itselena_4057', 'valid', 1, 5886616008917994966, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"postmaster@fischer-4057.example","email_source":"initial","username":"itselena_4057","full_name":"Elena Fischer \ud83d\udc69\u200d\ud83c\udf73","biography":"gaming creator\nDM for collabs","followers":2423,"following":232,"posts":1388,"is_private":false,"is_verified":true,"country":"BR","validation":"valid","is_valid":true,"checked_at":1795459680000,"scraped_at":1795503496000}'),
	(22, 2, '65f0000b000000040000000a', 'james@jansen-4058.example', 'thejamesjansen4058', 'pending', 1, 2321762512060474712, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"james@jansen-4058.example","email_source":"initial","username":"thejamesjansen4058","full_name":"Dr. James Jansen, MSc","biography":"books very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end ","followers":427,"following":3419,"posts":2456,"is_private":false,"is_verified":false,"country":"CA","city":"Lisbon","validation":"pending","is_valid":false,"scraped_at":1795503496000}'),
	(23, 2, '65f0000b000000040000000b', 'chloe.frost4059@hotmail.com', 'chloe.frost4059', 'valid', 1, -7865933112256334471, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"chloe.frost4059@hotmail.com","email_source":"initial","username":"chloe.frost4059","biography":"all things vegan food \u2728 new video every Friday","followers":2713,"following":2057,"posts":733,"website":"https://chloe.frost4059.example/","is_private":false,"is_verified":true,"country":"GB","validation":"valid","is_valid":true,"checked_at":1795421460000,"scraped_at":1795503496000}'),
	(24, 2, '65f0000b000000040000000c', 'team@moreau-4060.example', 'itsivan_4060', 'valid', 1, -3083699130514773057, 1795827171963, '{"platform":"instagram","source_type":"profile","email":"team@moreau-4060.example","email_source":"initial","username":"itsivan_4060","full_name":"Ivan Moreau","biography":"Founder @itsivan_4060.studio \u2014 running for busy people","followers":3521,"following":3788,"posts":1327,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"IT","validation":"valid","is_valid":true,"checked_at":1795413780000,"scraped_at":1795503496000}'),
	(25, 3, '65f0000b0000000300000001', 'sipho3037@guerrillamail.com', 'lopez.sipho3037', 'valid', 1, 5196952983980561707, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"sipho3037@guerrillamail.com","email_source":"initial","username":"lopez.sipho3037","full_name":"Sipho Lopez","biography":"\ud83d\udccd somewhere sunny | ceramics | work with me \ud83d\udc47","followers":9001,"following":3719,"posts":1901,"is_private":false,"is_verified":false,"is_business":false,"country":"US","validation":"valid","is_valid":true,"checked_at":1795510320000,"scraped_at":1795503540000}'),
	(26, 3, '65f0000b0000000300000002', 'daniel@larsen-3038.example', 'itsdaniel_3038', '', 1, 8888388423776593517, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"daniel@larsen-3038.example","email_source":"initial","username":"itsdaniel_3038","full_name":"Daniel Larsen","biography":"ceramics\r\n\r\nBcc: everyone@list.example\u2028second line","followers":1916,"following":872,"posts":754,"is_private":false,"is_verified":false,"country":"NL","scraped_at":1795503540000}'),
	(27, 3, '65f0000b0000000300000003', 'omar3039@paperplane-mgmt.example', 'itsomar_3039', 'valid', 1, -8755867211270353587, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"omar3039@paperplane-mgmt.example","email_source":"initial","username":"itsomar_3039","full_name":"OMAR BENNETT","biography":"\u202etravel\u202c right to left \u2066hidden\u2069 \u200bzero\u200bwidth","followers":949521,"following":2796,"posts":1102,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"validation":"valid","is_valid":true,"checked_at":1795517280000,"scraped_at":1795503540000}'),
	(28, 3, '65f0000b0000000300000004', 'lars@grant-3040.example', 'lars.grant3040', 'valid', 1, 783710963830913657, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"lars@grant-3040.example","email_source":"deep_search","username":"lars.grant3040","full_name":"{{firstName}} Grant","biography":"all things yoga \u2728 new video every Friday","followers":33188,"following":1889,"posts":941,"website":"https://lars.grant3040.example/","is_private":false,"is_verified":false,"country":"ES","city":"Lisbon","validation":"valid","is_valid":true,"checked_at":1795458360000,"scraped_at":1795503540000}'),
	(29, 3, '65f0000b0000000300000005', 'tomstone3041@gmail.com', 'tom.stone3041', 'invalid', 1, 4437555699960680103, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"tom.stone3041@gmail.com","email_source":"initial","username":"tom.stone3041","full_name":"Tom Stone","biography":"all things ceramics \u2728 new video every Friday","followers":4384,"following":3289,"posts":73,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"JP","validation":"invalid","is_valid":false,"checked_at":1795436160000,"scraped_at":1795503548000}'),
	(30, 3, '65f0000b0000000300000006', 'contact@brooks-3042.example', 'itsmia_3042', 'valid', 1, 8594688253278722011, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"contact@brooks-3042.example","email_source":"initial","phone":"0151 555 0105","username":"itsmia_3042","full_name":"mia brooks","biography":"null","followers":536205,"following":1320,"is_private":false,"is_verified":false,"country":"JP","city":"Malm\u00f6","validation":"valid","is_valid":true,"checked_at":1795414620000,"scraped_at":1795503548000}'),
	(31, 3, '65f0000b0000000300000007', 'amara@ivanova-3043.example', 'theamaraivanova3043', 'valid', 1, -1188703933413423991, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"amara@ivanova-3043.example","email_source":"initial","username":"theamaraivanova3043","full_name":"Amara Ivanova","biography":"photography \u2022 coffee \u2022 dogs","followers":213,"following":62,"posts":1427,"is_private":false,"is_verified":false,"is_business":true,"country":"AU","validation":"valid","is_valid":true,"checked_at":1795516560000,"scraped_at":1795503548000}'),
	(32, 3, '65f0000b0000000300000008', '', 'reid.sipho3044', 'valid', 1, -3851225446628913633, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"sipho3044 at reid.example","email_source":"initial","phone":"0151 555 0107","username":"reid.sipho3044","biography":"photography, honestly.","followers":232,"following":3438,"posts":956,"is_private":false,"is_verified":true,"is_business":true,"country":"US","city":"Lisbon","validation":"valid","is_valid":true,"checked_at":1795433040000,"scraped_at":1795503548000}'),
	(33, 3, '65f0000b0000000300000009', 'paulajansen3045@gmail.com', 'thepaulajansen3045', 'valid', 1, 7627342159763950385, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"paula.jansen3045@gmail.com","email_source":"deep_search","username":"thepaulajansen3045","full_name":"Paula Jansen","biography":"photography \u2022 coffee \u2022 dogs","followers":857,"following":3560,"posts":299,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":true,"country":"FR","validation":"valid","is_valid":true,"checked_at":1795418160000,"scraped_at":1795503556000}'),
	(34, 3, '65f0000b000000030000000a', 'omar@mensah-3046.example', 'mensah.omar3046', 'pending', 1, -3039537921885365123, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"omar@mensah-3046.example","email_source":"deep_search","username":"mensah.omar3046","full_name":"Mensah Ceramics Studio","biography":"null","followers":115979,"following":675,"posts":2151,"is_private":false,"is_verified":false,"country":"BR","city":"Austin","validation":"pending","is_valid":false,"scraped_at":1795503556000}'),
	(35, 3, '65f0000b000000030000000b', 'yuki3047@northlight-talent.example', 'yuki.ramos3047', 'valid', 1, 887218808315965566, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"yuki3047@northlight-talent.example","email_source":"deep_search","username":"yuki.ramos3047","full_name":"\u0645\u062d\u0645\u062f \u0627\u0644\u0641\u0627\u0631\u0633\u064a","biography":"skincare, honestly.","followers":142938,"following":3730,"posts":649,"website":"linktr.ee/yuki.ramos3047","is_private":false,"is_verified":false,"is_business":true,"country":"NL","city":"Recife","validation":"valid","is_valid":true,"checked_at":1795489500000,"scraped_at":1795503556000}'),
	(36, 3, '65f0000b000000030000000c', 'pedrosantos3048@gmail.com', 'santos.pedro3048', 'valid', 1, -6901537452978122305, 1795827178009, '{"platform":"instagram","source_type":"profile","email":"pedro.santos3048@gmail.com","email_source":"initial","phone":"+1 (555) 0111-111","username":"santos.pedro3048","full_name":"Pedro Santos","biography":"Helping you fall in love with coffee | coach & mum of two","followers":65730,"following":2358,"posts":8,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":false,"city":"Leeds","validation":"valid","is_valid":true,"checked_at":1795498920000,"scraped_at":1795503556000}'),
	(37, 4, '65f0000b0000000200000001', 'yukifrost2025@gmail.com', 'theyukifrost2025', 'valid', 1, -7046958619309934526, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"yuki.frost2025@gmail.com","email_source":"initial","username":"theyukifrost2025","full_name":"Yuki","biography":"Helping you fall in love with coffee | coach & mum of two","followers":20310,"following":1590,"posts":2361,"is_private":true,"is_verified":false,"is_business":true,"country":"PL","validation":"valid","is_valid":true,"checked_at":1795444080000,"scraped_at":1795503600000}'),
	(38, 4, '65f0000b0000000200000002', 'mateo@falk-2026.example', 'mateomoves2026', '', 1, -5095212692077630710, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"mateo@falk-2026.example","email_source":"initial","username":"mateomoves2026","full_name":"Mateo Falk","biography":"yoga creator\nDM for collabs","followers":338,"following":162,"posts":2372,"is_private":false,"is_verified":false,"is_business":false,"country":"SE","scraped_at":1795503600000}'),
	(39, 4, '65f0000b0000000200000003', 'siphosantos2027@gmail.com', 'itssipho_2027', 'valid', 1, -5033145473679760210, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"sipho.santos2027@gmail.com","email_source":"deep_search","username":"itssipho_2027","full_name":"Sipho Santos","biography":"\ud83d\udccd somewhere sunny | travel | work with me \ud83d\udc47","followers":632,"following":731,"posts":1342,"website":"https://itssipho_2027.example/","is_private":false,"is_verified":false,"is_business":false,"country":"JP","city":"Krak\u00f3w","validation":"valid","is_valid":true,"checked_at":1795480920000,"scraped_at":1795503600000}'),
	(40, 4, '65f0000b0000000200000004', 'miaholm2028@gmail.com', 'miamoves2028', 'valid', 1, 894085004430193315, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"mia.holm2028@gmail.com","email_source":"deep_search","phone":"+1 (555) 0103-103","username":"miamoves2028","full_name":"{{firstName}} Holm","followers":126,"following":3639,"posts":2126,"is_private":false,"is_verified":false,"country":"DE","validation":"valid","is_valid":true,"checked_at":1795398300000,"scraped_at":1795503600000}'),
	(41, 4, '65f0000b0000000200000005', 'marcotanaka2029@gmail.com', 'tanaka.marco2029', 'invalid', 1, -3235219028311050244, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"marco.tanaka2029@gmail.com","email_source":"initial","username":"tanaka.marco2029","full_name":"Marco | Books Coach","biography":"gaming\r\n\r\nBcc: everyone@list.example\u2028second line","followers":32896,"following":38,"posts":191,"website":"javascript:alert(1)","is_private":false,"is_verified":true,"is_business":true,"country":"FR","validation":"invalid","is_valid":false,"checked_at":1795417140000,"scraped_at":1795503608000}'),
	(42, 4, '65f0000b0000000200000006', 'collabs@rossi-2030.example', 'rossi.ana2030', 'valid', 1, -4532529537068928051, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"collabs@rossi-2030.example","email_source":"initial","username":"rossi.ana2030","full_name":"Ana Rossi","biography":"gaming very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end ","followers":226,"following":2577,"posts":2079,"website":"https://rossi.ana2030.example/","is_private":false,"is_verified":false,"is_business":false,"country":"CA","city":"Recife","validation":"valid","is_valid":true,"checked_at":1795481700000,"scraped_at":1795503608000}'),
	(43, 4, '65f0000b0000000200000007', 'booking@moreau-2031.example', 'itsjulia_2031', 'valid', 1, -8326814977188398745, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"booking@moreau-2031.example","email_source":"initial","username":"itsjulia_2031","full_name":"Julia Moreau","biography":"all things coffee \u2728 new video every Friday","followers":16342,"following":396,"posts":99,"website":"linktr.ee/itsjulia_2031","is_private":false,"is_verified":true,"is_business":true,"country":"BR","validation":"valid","is_valid":true,"checked_at":1795480440000,"scraped_at":1795503608000}'),
	(44, 4, '65f0000b0000000200000008', 'kwame2032@northlight-talent.example', 'itskwame_2032', 'valid', 1, 5556322889087253208, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"kwame2032@northlight-talent.example","email_source":"deep_search","username":"itskwame_2032","full_name":"Kwame Kim","biography":"running, honestly.","followers":356,"following":1366,"posts":1829,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":false,"country":"US","validation":"valid","is_valid":true,"checked_at":1795502220000,"scraped_at":1795503608000}'),
	(45, 4, '65f0000b0000000200000009', 'sofiabrandt2033@gmail.com', 'brandt.sofia2033', 'valid', 1, -4842914070604875086, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"sofia.brandt2033@gmail.com","email_source":"initial","username":"brandt.sofia2033","full_name":"Sofia Brandt","biography":"Founder @brandt.sofia2033.studio \u2014 books for busy people","followers":10211,"following":2010,"posts":563,"website":"linktr.ee/brandt.sofia2033","is_private":false,"is_verified":false,"country":"IN","validation":"valid","is_valid":true,"checked_at":1795405260000,"scraped_at":1795503616000}'),
	(46, 4, '65f0000b000000020000000a', 'ethan2034@mailinator.com', 'ethanmoves2034', 'pending', 1, 8380257929374167828, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"ethan2034@mailinator.com","email_source":"deep_search","username":"ethanmoves2034","full_name":"Ethan Nguyen","biography":"travel, honestly.","followers":552,"following":787,"posts":1708,"website":"linktr.ee/ethanmoves2034","is_private":false,"is_verified":false,"country":"AU","validation":"pending","is_valid":false,"scraped_at":1795503616000}'),
	(47, 4, '65f0000b000000020000000b', 'ingrid2035@northlight-talent.example', 'ingrid.costa2035', 'valid', 1, -8558621252680270863, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"ingrid2035@northlight-talent.example","email_source":"deep_search","username":"ingrid.costa2035","full_name":"Ingrid Costa","biography":"yoga, honestly.","followers":6588,"following":624,"posts":1242,"website":"linktr.ee/ingrid.costa2035","is_private":false,"is_verified":false,"is_business":false,"country":"NL","city":"Austin","validation":"valid","is_valid":true,"checked_at":1795511100000,"scraped_at":1795503616000}'),
	(48, 4, '65f0000b000000020000000c', 'felixbrooks2036@gmail.com', 'itsfelix_2036', 'valid', 1, -3399485864162734272, 1795827181341, '{"platform":"instagram","source_type":"profile","email":"felix.brooks2036@gmail.com","email_source":"initial","username":"itsfelix_2036","full_name":"Felix Brooks","biography":"\ud83d\udccd somewhere sunny | running | work with me \ud83d\udc47","followers":41754,"following":2288,"posts":569,"is_private":false,"is_verified":false,"is_business":false,"country":"GB","validation":"valid","is_valid":true,"checked_at":1795514760000,"scraped_at":1795503616000}'),
	(49, 5, '65f0000b0000000100000001', 'elenahaddad1013@gmail.com', 'haddad.elena1013', 'valid', 1, -2463273419104196454, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"elena.haddad1013@gmail.com","email_source":"deep_search","username":"haddad.elena1013","full_name":"{{firstName}} Haddad","biography":"=HYPERLINK(\"https://haddad.elena1013.example\",\"travel\")","followers":632670,"following":583,"posts":1877,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"country":"IT","validation":"valid","is_valid":true,"checked_at":1795461900000,"scraped_at":1795503660000}'),
	(50, 5, '65f0000b0000000100000002', 'leilaberg7@gmail.com', 'itspriya_1014', 'valid', 1, -2973402246962160551, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"Leila.Berg7+yoga@googlemail.com","email_source":"initial","username":"itspriya_1014","full_name":"Marin Running Studio","biography":"pilates creator\nDM for collabs","followers":197,"following":2362,"posts":1707,"is_private":false,"is_verified":false,"is_business":true,"country":"BR","validation":"valid","is_valid":true,"checked_at":1795766400000,"scraped_at":1795503660000}');
INSERT INTO public.lead VALUES
	(51, 5, '65f0000b0000000100000003', '', 'itsjonas_1015', 'masked', 1, 6362329407808453859, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"j***@g***.com","email_masked":true,"email_source":"initial","username":"itsjonas_1015","full_name":"Jonas Nowak \ud83c\udf3f","biography":"surf creator\nDM for collabs","followers":29366,"following":2197,"posts":666,"website":"linktr.ee/itsjonas_1015","is_private":false,"is_verified":false,"country":"IT","validation":"valid","is_valid":true,"checked_at":1795460340000,"scraped_at":1795503660000}'),
	(52, 5, '65f0000b0000000100000004', 'beatrizberg1016@gmail.com', 'berg.beatriz1016', 'valid', 1, -7194378735978658272, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"beatriz.berg1016@gmail.com","email_source":"deep_search","username":"berg.beatriz1016","biography":"street style, honestly.","followers":216478,"following":2633,"posts":1645,"website":"https://berg.beatriz1016.example/","is_private":false,"is_verified":true,"country":"CA","validation":"valid","is_valid":true,"checked_at":1795424940000,"scraped_at":1795503660000}'),
	(53, 5, '65f0000b0000000100000005', 'info@tran-1017.example', 'thebeatriztran1017', 'invalid', 1, 3639436134091912668, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"info@tran-1017.example","email_source":"deep_search","username":"thebeatriztran1017","full_name":"Beatriz Tran","biography":"Founder @thebeatriztran1017.studio \u2014 surf for busy people","followers":366436,"following":263,"posts":1578,"website":"https://thebeatriztran1017.example/","is_private":false,"is_verified":false,"is_business":true,"country":"PL","city":"Berlin","validation":"invalid","is_valid":false,"checked_at":1795437900000,"scraped_at":1795503668000}'),
	(54, 5, '65f0000b0000000100000006', 'hello@tran-1018.example', 'thepedrotran1018', 'valid', 1, -3851093265403655014, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"hello@tran-1018.example","email_source":"deep_search","username":"thepedrotran1018","full_name":"Pedro Tran \ud83c\udff3\ufe0f\u200d\ud83c\udf08","biography":"street style very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end very long text without end ","followers":35455,"following":3854,"posts":1250,"website":"linktr.ee/thepedrotran1018","is_private":false,"is_verified":false,"country":"CA","validation":"valid","is_valid":true,"checked_at":1795508700000,"scraped_at":1795503668000}'),
	(55, 5, '65f0000b0000000100000007', 'beatriz1019@northlight-talent.example', 'beatriz.dlamini1019', 'valid', 1, 4598197184923807505, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"beatriz1019@northlight-talent.example","email_source":"initial","username":"beatriz.dlamini1019","full_name":"BEATRIZ DLAMINI","biography":"Helping you fall in love with home decor | coach & mum of two","followers":12345,"following":745,"posts":384,"is_private":false,"is_verified":false,"is_business":true,"country":"PL","city":"Krak\u00f3w","validation":"valid","is_valid":true,"checked_at":1795508880000,"scraped_at":1795503668000}'),
	(56, 5, '65f0000b0000000100000008', 'contact@haddad-1020.example', 'haddad.anton1020', 'valid', 1, -4357501346568192996, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"contact@haddad-1020.example","email_source":"deep_search","username":"haddad.anton1020","full_name":"\ud83d\udc51","biography":"Helping you fall in love with books | coach & mum of two","followers":57075,"following":3701,"posts":73,"website":"https://haddad.anton1020.example/","is_private":true,"is_verified":false,"is_business":false,"country":"FR","validation":"valid","is_valid":true,"checked_at":1795464840000,"scraped_at":1795503668000}'),
	(57, 5, '65f0000b0000000100000009', 'nadia@brooks-1021.example', 'nadia.brooks1021', 'valid', 1, 1070737842669761739, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"nadia@brooks-1021.example","email_source":"initial","username":"nadia.brooks1021","full_name":"Nadia Brooks","biography":"coffee \u2022 coffee \u2022 dogs","followers":8016,"following":200,"posts":2198,"is_private":false,"is_verified":false,"is_business":false,"country":"AU","validation":"valid","is_valid":true,"checked_at":1785128880000,"scraped_at":1795503676000}'),
	(58, 5, '65f0000b000000010000000a', 'collabs@keller-1022.example', 'samirmoves1022', 'pending', 1, -3786227098694288519, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"collabs@keller-1022.example","email_source":"initial","phone":"+44 20 7946 0009","username":"samirmoves1022","full_name":"Dr. Samir Keller, MSc","biography":"travel creator\nDM for collabs","followers":753,"following":439,"posts":237,"is_private":false,"is_verified":false,"is_business":false,"country":"PL","city":"Austin","validation":"pending","is_valid":false,"scraped_at":1795503676000}'),
	(59, 5, '65f0000b000000010000000b', 'freyanowak1023@gmail.com', 'itsfreya_1023', 'valid', 1, -3986152242363327680, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"freya.nowak1023@gmail.com","email_source":"initial","username":"itsfreya_1023","full_name":"Freya Nowak","biography":"\u202epilates\u202c right to left \u2066hidden\u2069 \u200bzero\u200bwidth","followers":67308,"following":2732,"posts":2,"website":"javascript:alert(1)","is_private":false,"is_verified":false,"is_business":false,"country":"IT","city":"Krak\u00f3w","validation":"valid","is_valid":true,"checked_at":1795516980000,"scraped_at":1795503676000}'),
	(60, 5, '65f0000b000000010000000c', '', 'thenoahsato1024', 'masked', 1, -7242320776691452546, 1795827183699, '{"platform":"instagram","source_type":"profile","email":"n***@g***.com","email_masked":true,"email_source":"initial","username":"thenoahsato1024","full_name":"\ud835\udc0d\ud835\udc28\ud835\udc1a\ud835\udc21 \ud835\udc12\ud835\udc1a\ud835\udc2d\ud835\udc28","biography":"all things van life \u2728 new video every Friday","followers":179605,"following":1796,"posts":1732,"website":"https://thenoahsato1024.example/","is_private":false,"is_verified":false,"is_business":false,"country":"SE","validation":"valid","is_valid":true,"checked_at":1795452000000,"scraped_at":1795503676000}');
INSERT INTO public.lease VALUES
	(1, 1, 'former-host/0/0', 24725, '1211651', 1795827168033, 0),
	(2, 3, 'former-host/0/0', 24888, '1212528', 1795827175701, 0),
	(4, 1, 'former-host/0/0', 24966, '1213009', 1795827181268, 0),
	(3, 2, 'former-host/0/0', 25107, '1213270', 1795827182895, 1795827212964),
	(5, 1, 'former-host/0/0', 25164, '1213383', 1795827183671, 0);
INSERT INTO public.place VALUES
	(2, 'instantly', '01a019e4-7e00-7000-8000-000000000001', 'campaign', '01a21ce0-6e00-7000-8000-000000000007', 'Old'),
	(1, 'instantly', '01a019e4-7e00-7000-8000-000000000001', 'campaign', '01a14ee2-0e00-7000-8000-000000000004', 'Fitness Q4'),
	(3, 'instantly', '01a019e4-7e00-7000-8000-000000000001', 'campaign', '01a21ce0-6e00-7000-8000-000000000006', 'Creators EU'),
	(4, 'instantly', '01a019e4-7e00-7000-8000-000000000001', 'list', '01a18261-a600-7000-8000-000000000005', 'Scravio inbox');
INSERT INTO public.route VALUES
	(1, 'fitness'),
	(2, 'gyms'),
	(3, 'vegan'),
	(4, 'studios'),
	(5, 'yoga');
INSERT INTO public.route_campaign VALUES
	(1, 1, 'd108d48dbe7e', 1),
	(2, 2, '3018d43d95cc', 1),
	(3, 3, '59424898b8ef', 1),
	(4, 4, '888148912dba', 1),
	(5, 5, '3018d43d95cc', 1);
INSERT INTO public.run VALUES
	(1, 1, 1795827168044, 1795827168631, 'ok', '{"route": "fitness", "status": "ok", "run_id": 1, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 5, "ready": 0, "sending": 0, "delivered": 4, "duplicate": 2, "refused": 1, "in_doubt": 0, "failed": 0}, "reasons": {"created": 4, "blocklist": 1, "disposable": 1, "in_list": 1, "in_target": 1, "no_reply": 1, "role_address": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 11}, "seconds": 0.56, "error": null, "hint": null, "delivered_now": 4, "leads_without_email": 0, "warnings": []}'),
	(2, 2, 1795827171887, 1795827172219, 'partial', '{"route": "gyms", "status": "partial", "run_id": 2, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 5, "ready": 4, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 3, "failed": 0}, "reasons": {"ok": 4, "answer_lost": 3, "disposable": 1, "no_reply": 1, "not_validated": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 4}, "seconds": 0.297, "error": "It is unknown whether POST /leads/add took effect. The connection to Instantly broke before the answer to POST /leads/add was whole (RemoteProtocolError: Server disconnected without sending a response.).", "hint": "Run `leadbridge sync` again: it asks the target first, and repeats nothing blindly.", "delivered_now": 0, "leads_without_email": 0, "warnings": []}'),
	(3, 2, 1795827173533, 1795827173610, 'blocked', '{"route": "gyms", "status": "blocked", "run_id": 3, "campaigns_seen": 1, "campaigns_swept": 0, "leads_read": 0, "leads_known": 12, "states": {"held": 5, "ready": 4, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 3, "failed": 0}, "reasons": {"ok": 4, "answer_lost": 3, "disposable": 1, "no_reply": 1, "not_validated": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 2, "instantly": 3}, "seconds": 0.063, "error": "The Instantly campaign 01a21ce0-6e00-7000-8000-000000000007 is gone.", "hint": "Name another target in bridge.toml, then run `leadbridge check`.", "delivered_now": 0, "leads_without_email": 0, "warnings": []}'),
	(4, 2, 1795827175713, 1795827175803, 'blocked', '{"route": "gyms", "status": "blocked", "run_id": 4, "campaigns_seen": 1, "campaigns_swept": 0, "leads_read": 0, "leads_known": 12, "states": {"held": 5, "ready": 4, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 3, "failed": 0}, "reasons": {"ok": 4, "answer_lost": 3, "disposable": 1, "no_reply": 1, "not_validated": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 2, "instantly": 3}, "seconds": 0.069, "error": "The Instantly campaign 01a21ce0-6e00-7000-8000-000000000007 is gone.", "hint": "Name another target in bridge.toml, then run `leadbridge check`.", "delivered_now": 0, "leads_without_email": 0, "warnings": []}'),
	(5, 3, 1795827177934, 1795827178243, 'ok', '{"route": "vegan", "status": "ok", "run_id": 5, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 8, "ready": 2, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 2, "in_doubt": 0, "failed": 0}, "reasons": {"free_mail": 2, "ok": 2, "rejected": 2, "disposable": 1, "email_malformed": 1, "not_validated": 1, "role_address": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 6}, "seconds": 0.299, "error": null, "hint": null, "delivered_now": 0, "leads_without_email": 0, "warnings": []}'),
	(6, 4, 1795827181273, 1795827181512, 'partial', '{"route": "studios", "status": "partial", "run_id": 6, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 5, "ready": 0, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 7, "failed": 0}, "reasons": {"answer_lost": 7, "role_address": 2, "not_validated": 1, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 4}, "seconds": 0.227, "error": "It is unknown whether POST /leads/add took effect. The connection to Instantly broke before the answer to POST /leads/add was whole (RemoteProtocolError: Server disconnected without sending a response.).", "hint": "Run `leadbridge sync` again: it asks the target first, and repeats nothing blindly.", "delivered_now": 0, "leads_without_email": 0, "warnings": []}'),
	(7, 3, 1795827182900, 0, 'running', ''),
	(8, 5, 1795827183675, 1795827183775, 'partial', '{"route": "yoga", "status": "partial", "run_id": 8, "campaigns_seen": 1, "campaigns_swept": 1, "leads_read": 12, "leads_known": 12, "states": {"held": 4, "ready": 0, "sending": 0, "delivered": 0, "duplicate": 0, "refused": 0, "in_doubt": 8, "failed": 0}, "reasons": {"answer_lost": 8, "email_masked": 2, "validation_invalid": 1, "validation_pending": 1}, "requests": {"scravio": 4, "instantly": 3}, "seconds": 0.094, "error": "It is unknown whether POST /leads/add took effect. The connection to Instantly broke before the answer to POST /leads/add was whole (ReadError: [Errno 104] Connection reset by peer).", "hint": "Run `leadbridge sync` again: it asks the target first, and repeats nothing blindly.", "delivered_now": 0, "leads_without_email": 0, "warnings": []}');
INSERT INTO public.scope VALUES
	(1, 'instantly:01a019e4-7e00-7000-8000-000000000001:campaign:01a14ee2-0e00-7000-8000-000000000004'),
	(2, 'instantly:01a019e4-7e00-7000-8000-000000000001:campaigns'),
	(3, 'instantly:01a019e4-7e00-7000-8000-000000000001'),
	(4, 'instantly:01a019e4-7e00-7000-8000-000000000001:lists'),
	(5, 'instantly:01a019e4-7e00-7000-8000-000000000001:campaign:01a21ce0-6e00-7000-8000-000000000007'),
	(6, 'instantly:01a019e4-7e00-7000-8000-000000000001:campaign:01a21ce0-6e00-7000-8000-000000000006'),
	(7, 'instantly:01a019e4-7e00-7000-8000-000000000001:list:01a18261-a600-7000-8000-000000000005');
SELECT pg_catalog.setval('public.batch_id_seq', 8, true);
SELECT pg_catalog.setval('public.campaign_no_seq', 5, true);
SELECT pg_catalog.setval('public.delivery_id_seq', 60, true);
SELECT pg_catalog.setval('public.event_id_seq', 27, true);
SELECT pg_catalog.setval('public.lead_id_seq', 60, true);
SELECT pg_catalog.setval('public.place_no_seq', 4, true);
SELECT pg_catalog.setval('public.route_no_seq', 5, true);
SELECT pg_catalog.setval('public.run_id_seq', 8, true);
SELECT pg_catalog.setval('public.scope_no_seq', 7, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.batch
    ADD CONSTRAINT pk_batch PRIMARY KEY (id);
ALTER TABLE ONLY public.binding
    ADD CONSTRAINT pk_binding PRIMARY KEY (route_no, target);
ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT pk_campaign PRIMARY KEY (no);
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT pk_claim PRIMARY KEY (scope_no, person);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT pk_delivery PRIMARY KEY (id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT pk_event PRIMARY KEY (id);
ALTER TABLE ONLY public.lead
    ADD CONSTRAINT pk_lead PRIMARY KEY (id);
ALTER TABLE ONLY public.lease
    ADD CONSTRAINT pk_lease PRIMARY KEY (route_no);
ALTER TABLE ONLY public.place
    ADD CONSTRAINT pk_place PRIMARY KEY (no);
ALTER TABLE ONLY public.route
    ADD CONSTRAINT pk_route PRIMARY KEY (no);
ALTER TABLE ONLY public.route_campaign
    ADD CONSTRAINT pk_route_campaign PRIMARY KEY (route_no, campaign_no);
ALTER TABLE ONLY public.run
    ADD CONSTRAINT pk_run PRIMARY KEY (id);
ALTER TABLE ONLY public.scope
    ADD CONSTRAINT pk_scope PRIMARY KEY (no);
ALTER TABLE ONLY public.suppression
    ADD CONSTRAINT pk_suppression PRIMARY KEY (value);
ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT uq_campaign_id UNIQUE (id);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT uq_delivery_route_no_lead_id UNIQUE (route_no, lead_id);
ALTER TABLE ONLY public.lead
    ADD CONSTRAINT uq_lead_campaign_no_source_id UNIQUE (campaign_no, source_id);
ALTER TABLE ONLY public.place
    ADD CONSTRAINT uq_place_vendor_workspace_kind_id UNIQUE (vendor, workspace, kind, id);
ALTER TABLE ONLY public.route
    ADD CONSTRAINT uq_route_name UNIQUE (name);
ALTER TABLE ONLY public.scope
    ADD CONSTRAINT uq_scope_name UNIQUE (name);
CREATE INDEX ix_batch_run_id ON public.batch USING btree (run_id);
CREATE INDEX ix_claim_delivery_id ON public.claim USING btree (delivery_id);
CREATE INDEX ix_delivery_domain ON public.delivery USING btree (route_no, domain) WHERE (domain <> ''::text);
CREATE INDEX ix_delivery_lead_id ON public.delivery USING btree (lead_id);
CREATE INDEX ix_delivery_open ON public.delivery USING btree (route_no, id) WHERE (state = ANY (ARRAY['sending'::text, 'in_doubt'::text]));
CREATE INDEX ix_delivery_ready ON public.delivery USING btree (route_no, rank) WHERE (state = 'ready'::text);
CREATE INDEX ix_delivery_route_no_state_reason ON public.delivery USING btree (route_no, state, reason);
CREATE INDEX ix_delivery_stale ON public.delivery USING btree (route_no, id) WHERE (stale = 1);
CREATE INDEX ix_delivery_waits_for ON public.delivery USING btree (waits_for) WHERE (waits_for <> 0);
CREATE INDEX ix_event_delivery_id ON public.event USING btree (delivery_id);
CREATE INDEX ix_lead_campaign_no_revision ON public.lead USING btree (campaign_no, revision);
CREATE INDEX ix_lead_person ON public.lead USING btree (person) WHERE (person <> ''::text);
CREATE INDEX ix_run_route_no ON public.run USING btree (route_no, id);
