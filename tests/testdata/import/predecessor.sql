--
-- PostgreSQL database dump
--

\restrict 21vlj6NBdMagVu95eAmIjWbGr

-- Dumped from database version 15.18 (Debian 15.18)
-- Dumped by pg_dump version 15.18 (Debian 15.18)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: uuid-ossp; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;


--
-- Name: EXTENSION "uuid-ossp"; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION "uuid-ossp" IS 'generate universally unique identifiers (UUIDs)';


--
-- Name: update_updated_at_column(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.update_updated_at_column() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- it isn't a statement:
COPY public.users (id) FROM stdin;
    NEW.updated_at = CURRENT_TIMESTAMP;
    RETURN NEW;
END;
$$;


ALTER FUNCTION public.update_updated_at_column() OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: oauth_clients; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.oauth_clients (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    client_id character varying(255) NOT NULL,
    client_secret_hash character varying(255),
    client_name character varying(255) NOT NULL,
    client_type character varying(20) NOT NULL,
    redirect_uris text[] NOT NULL,
    scope text,
    is_active boolean DEFAULT true,
    CONSTRAINT oauth_clients_client_type_check CHECK (((client_type)::text = ANY ((ARRAY['confidential'::character varying, 'public'::character varying])::text[])))
);


ALTER TABLE public.oauth_clients OWNER TO postgres;

--
-- Name: TABLE oauth_clients; Type: COMMENT; Schema: public; Owner: postgres
--

COMMENT ON TABLE public.oauth_clients IS 'The operator''s; COPY public.users (id) FROM stdin;
COPY public.users (id) FROM stdin;
';


--
-- Name: tokens; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.tokens (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    token_jti character varying(64) NOT NULL,
    token_type character varying(10) NOT NULL,
    token_value text NOT NULL,
    scope text,
    invalidated boolean DEFAULT false NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE public.tokens OWNER TO postgres;

--
-- Name: users; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    username character varying(50) NOT NULL,
    email character varying(255) NOT NULL,
    password_hash character varying(255) NOT NULL,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone DEFAULT now(),
    last_login timestamp with time zone,
    is_active boolean DEFAULT true,
    is_verified boolean DEFAULT false,
    is_admin boolean DEFAULT false,
    requires_password_change boolean DEFAULT false,
    given_name character varying(255),
    family_name character varying(255),
    middle_name character varying(255),
    nickname character varying(255),
    preferred_username character varying(255),
    profile text,
    picture text,
    website text,
    gender character varying(50),
    birthdate date,
    zoneinfo character varying(100),
    locale character varying(10),
    phone_number character varying(50),
    phone_number_verified boolean,
    address jsonb
);


ALTER TABLE public.users OWNER TO postgres;

--
-- Data for Name: oauth_clients; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.oauth_clients (id, client_id, client_secret_hash, client_name, client_type, redirect_uris, scope, is_active) FROM stdin;
a3c9b1f0-2d4e-4f6a-8b1c-0d2e4f6a8b1c	client_1	\N	Shop\nCOPY public.users (id) FROM stdin;	public	{https://shop.example.org/cb}	\N	t
\.


--
-- Data for Name: tokens; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.tokens (id, user_id, token_jti, token_type, token_value, scope, invalidated, expires_at, created_at) FROM stdin;
cc653150-8154-43a1-9b67-c4880add6b26	0b0c7a52-7b5e-4c39-9d3a-5a2f3f1f6e01	olga_1	access	eyJhbGciOiJIUzI1NiJ9.e30.x	\N	f	2026-03-01 00:00:00+00	2026-02-01 09:30:00.123456+00
b7a65c6d-3aa1-4251-9cf8-feadf3729e17	1c4be3c4-38a1-4fd5-a2d4-6a1b2c3d4e02	root_admin	access	eyJhbGciOiJIUzI1NiJ9.e30.x	\N	f	2026-03-01 00:00:00+00	2026-02-01 09:30:00.123456+00
758000d1-e5fb-4963-bd11-510f0687cd79	2d5cf4d5-49b2-4ae6-b3e5-7b2c3d4e5f03	gone	access	eyJhbGciOiJIUzI1NiJ9.e30.x	\N	f	2026-03-01 00:00:00+00	2026-02-01 09:30:00.123456+00
46942496-9c69-482e-bd60-e22c6b37e73d	3e6da5e6-5ac3-4bf7-84f6-8c3d4e5f6a04	Olga_1	access	eyJhbGciOiJIUzI1NiJ9.e30.x	\N	f	2026-03-01 00:00:00+00	2026-02-01 09:30:00.123456+00
3f596ff2-ca3e-4dc4-9dfd-8dce93b38c40	4f7eb6f7-6bd4-4c08-95a7-9d4e5f6a7b05	phone	access	eyJhbGciOiJIUzI1NiJ9.e30.x	\N	f	2026-03-01 00:00:00+00	2026-02-01 09:30:00.123456+00
\.


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.users (id, username, email, password_hash, created_at, updated_at, last_login, is_active, is_verified, is_admin, requires_password_change, given_name, family_name, middle_name, nickname, preferred_username, profile, picture, website, gender, birthdate, zoneinfo, locale, phone_number, phone_number_verified, address) FROM stdin;
0b0c7a52-7b5e-4c39-9d3a-5a2f3f1f6e01	olga_1	olga@example.org	$2b$12$Glx25a0Qy1h.ulRSHsQNkeM0sdRpoclSyp6OnVD88VbdqpsKYrJyW	2025-06-01 08:00:00+00	2026-02-01 09:30:00.123456+00	2026-02-01 09:30:00.123456+00	t	t	f	f	Ölga	Lee	\N	a\\b	\N	\N	\N	\N	\N	1990-04-05	Europe/Oslo	nb	+4712345678	t	{"planet": "Earth", "country": "Norway", "locality": "Oslo", "street_address": "Way 1\\nDoor 2"}
1c4be3c4-38a1-4fd5-a2d4-6a1b2c3d4e02	root_admin	root@example.org	$2b$12$Glx25a0Qy1h.ulRSHsQNkeM0sdRpoclSyp6OnVD88VbdqpsKYrJyW	2025-01-01 08:00:00+00	2026-02-01 09:30:00.123456+00	\N	t	t	t	t	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
2d5cf4d5-49b2-4ae6-b3e5-7b2c3d4e5f03	gone	gone@example.org	$2b$12$Glx25a0Qy1h.ulRSHsQNkeM0sdRpoclSyp6OnVD88VbdqpsKYrJyW	2025-01-02 08:00:00+00	2026-02-01 09:30:00.123456+00	\N	f	f	f	f	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	{}
3e6da5e6-5ac3-4bf7-84f6-8c3d4e5f6a04	Olga_1	other@example.org	$2b$12$Glx25a0Qy1h.ulRSHsQNkeM0sdRpoclSyp6OnVD88VbdqpsKYrJyW	2025-01-03 08:00:00+00	2026-02-01 09:30:00.123456+00	\N	t	t	f	f	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
4f7eb6f7-6bd4-4c08-95a7-9d4e5f6a7b05	phone	phone@example.org	$2b$12$Glx25a0Qy1h.ulRSHsQNkeM0sdRpoclSyp6OnVD88VbdqpsKYrJyW	2025-01-04 08:00:00+00	2026-02-01 09:30:00.123456+00	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	Mars/Base	\N	\N	\N	\N
\.


--
-- Name: oauth_clients oauth_clients_client_id_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.oauth_clients
    ADD CONSTRAINT oauth_clients_client_id_key UNIQUE (client_id);


--
-- Name: oauth_clients oauth_clients_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.oauth_clients
    ADD CONSTRAINT oauth_clients_pkey PRIMARY KEY (id);


--
-- Name: tokens tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (id);


--
-- Name: tokens tokens_token_jti_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_token_jti_key UNIQUE (token_jti);


--
-- Name: users users_email_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: users users_username_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username_key UNIQUE (username);


--
-- Name: users users_updated; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER users_updated BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();


--
-- Name: tokens tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--

\unrestrict 21vlj6NBdMagVu95eAmIjWbGr

