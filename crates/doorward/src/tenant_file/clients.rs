//! `clients`: applications.

use doorward_client_registry::check;
use doorward_client_registry::domain::rule;
use doorward_oauth2_types::auth0::{
    AppType, OrganizationDiscoveryMethod, OrganizationRequireBehavior, OrganizationUsage,
    ThirdPartySecurityMode,
};
use doorward_oauth2_types::redirect_uri::RegisteredUri;
use doorward_oauth2_types::{ClientAuthenticationMethod, SigningAlg};
use doorward_proto::client_registry::v1::{
    ClientMetadata, ClientPatch, OrganizationDiscoveryMethods,
};

use crate::document::Object;

pub(super) fn read(client: &mut Object) -> Option<ClientPatch> {
    if client.flag("global") == Some(true) {
        let why = "the global client is not supported, ignored";
        client.report().note(client.path(), why);
        return None;
    }
    let (id_token_lifetime_seconds, id_token_signing_alg) = jwt_configuration(client);
    let name = client.required_text("name");
    let patch = ClientPatch {
        client_id: client.text("client_id"),
        app_type: client.wire_enum_or_empty::<AppType>("app_type"),
        logo_uri: client.text_that("logo_uri", rule::https_url),
        is_first_party: client.flag("is_first_party"),
        grant_types: client.texts("grant_types"),
        callbacks: client.texts_that("callbacks", rule::callback),
        allowed_logout_urls: client.texts_that("allowed_logout_urls", rule::logout_url),
        web_origins: client.adapted_texts("web_origins", rule::web_origin, origin_of),
        allowed_origins: client.adapted_texts("allowed_origins", rule::allowed_origin, origin_of),
        initiate_login_uri: client.text_that("initiate_login_uri", rule::initiate_login_uri),
        id_token_lifetime_seconds,
        id_token_signing_alg,
        organization_usage: client.wire_enum::<OrganizationUsage>("organization_usage"),
        organization_require_behavior: client
            .wire_enum::<OrganizationRequireBehavior>("organization_require_behavior"),
        organization_discovery_methods: client
            .wire_enums::<OrganizationDiscoveryMethod>("organization_discovery_methods")
            .map(|values| OrganizationDiscoveryMethods { values }),
        sso_disabled: client.flag("sso_disabled"),
        token_endpoint_auth_method: client
            .wire_enum::<ClientAuthenticationMethod>("token_endpoint_auth_method"),
        skip_non_verifiable_callback_uri_confirmation_prompt: client
            .flag("skip_non_verifiable_callback_uri_confirmation_prompt"),
        third_party_security_mode: client
            .wire_enum::<ThirdPartySecurityMode>("third_party_security_mode"),
        client_metadata: client
            .text_members("client_metadata")
            .map(|pairs| ClientMetadata {
                pairs: pairs.into_iter().collect(),
            }),
        name: name.unwrap_or_default(),
    };
    pass_what_happens_anyway(client);
    if !patch.name.is_empty() {
        client.require(check::client(patch.clone()));
    }
    Some(patch)
}

/// The lifetime and the algorithm of ID tokens.
fn jwt_configuration(client: &mut Object) -> (Option<u32>, Option<i32>) {
    let Some(mut jwt) = client.object("jwt_configuration") else {
        return (None, None);
    };
    let settings = (
        jwt.count("lifetime_in_seconds"),
        jwt.wire_enum::<SigningAlg>("alg"),
    );
    // Says how the secret for HS256 is encoded; HS256 is not supported.
    jwt.pass("secret_encoded", &[true.into(), false.into()]);
    jwt.finish();
    settings
}

/// The origin of a URL with more than an origin.
fn origin_of(text: &str) -> Option<String> {
    RegisteredUri::parse(text).ok()?.origin_of_any_scheme()
}

fn pass_what_happens_anyway(client: &mut Object) {
    // The strict pipeline is the only one.
    client.pass("oidc_conformant", &[true.into(), false.into()]);
    // Without a `custom_login_page` beside it, the page is the standard one.
    client.pass("custom_login_page_on", &[true.into(), false.into()]);
    let never = [false.into()];
    client.pass("cross_origin_auth", &never);
    client.pass("cross_origin_authentication", &never);
    client.pass("is_token_endpoint_ip_header_trusted", &never);
    client.pass("require_pushed_authorization_requests", &never);
    client.pass("sso", &never);
}
