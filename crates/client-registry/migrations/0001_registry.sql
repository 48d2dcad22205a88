-- Lists are JSON arrays, booleans 0 and 1; an empty text stands for none, and so does NULL.

CREATE TABLE revision (
    number BIGINT NOT NULL
);

INSERT INTO revision (number) VALUES (0);

-- At most one row; without it, every setting has its default.
CREATE TABLE tenant (
    singleton BIGINT PRIMARY KEY CHECK (singleton = 1),
    friendly_name TEXT NOT NULL,
    picture_url TEXT NOT NULL,
    support_email TEXT NOT NULL,
    support_url TEXT NOT NULL,
    default_audience TEXT NOT NULL,
    default_directory TEXT NOT NULL,
    default_redirection_uri TEXT NOT NULL,
    allowed_logout_urls TEXT NOT NULL,
    absolute_minutes BIGINT NOT NULL,
    idle_minutes BIGINT NOT NULL,
    ephemeral_absolute_minutes BIGINT NOT NULL,
    ephemeral_idle_minutes BIGINT NOT NULL,
    persistent_session_cookie BIGINT NOT NULL,
    enable_client_connections BIGINT NOT NULL,
    authorization_response_iss_parameter_supported BIGINT NOT NULL,
    skip_non_verifiable_callback_uri_confirmation_prompt BIGINT NOT NULL,
    use_scope_descriptions_for_consent BIGINT NOT NULL,
    enabled_locales TEXT NOT NULL,
    resource_parameter_profile TEXT NOT NULL,
    require_openid_scope BIGINT NOT NULL,
    rp_logout_end_session_endpoint_discovery BIGINT NOT NULL,
    oidc_logout_prompt_enabled BIGINT NOT NULL
);

CREATE TABLE client (
    client_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    app_type TEXT NOT NULL,
    logo_uri TEXT NOT NULL,
    is_first_party BIGINT NOT NULL,
    grant_types TEXT NOT NULL,
    callbacks TEXT NOT NULL,
    allowed_logout_urls TEXT NOT NULL,
    web_origins TEXT NOT NULL,
    allowed_origins TEXT NOT NULL,
    initiate_login_uri TEXT NOT NULL,
    id_token_lifetime_seconds BIGINT NOT NULL,
    id_token_signing_alg TEXT NOT NULL,
    organization_usage TEXT NOT NULL,
    organization_require_behavior TEXT NOT NULL,
    sso_disabled BIGINT NOT NULL,
    token_endpoint_auth_method TEXT NOT NULL,
    skip_non_verifiable_callback_uri_confirmation_prompt BIGINT,
    third_party_security_mode TEXT NOT NULL
);

CREATE TABLE resource_server (
    id TEXT PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    signing_alg TEXT NOT NULL,
    token_lifetime_seconds BIGINT NOT NULL,
    token_lifetime_for_web_seconds BIGINT NOT NULL,
    skip_consent_for_verifiable_first_party_clients BIGINT NOT NULL,
    token_dialect TEXT NOT NULL,
    allow_offline_access BIGINT NOT NULL,
    enforce_policies BIGINT NOT NULL,
    user_access TEXT NOT NULL
);

-- What an application may ask of an API, which need not exist.
CREATE TABLE client_grant (
    client_id TEXT NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
    audience TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    scopes TEXT NOT NULL,
    PRIMARY KEY (client_id, audience, subject_type)
);

CREATE TABLE connection (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    strategy TEXT NOT NULL,
    disable_signup BIGINT NOT NULL,
    min_password_length BIGINT NOT NULL
);

-- Which applications may use which connection.
CREATE TABLE connection_client (
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
    PRIMARY KEY (connection_id, client_id)
);

CREATE INDEX connection_client_by_client ON connection_client (client_id);
