//! `clientGrants`: what an application may ask of an API.

use doorward_client_registry::check;
use doorward_client_registry::domain::rule;
use doorward_oauth2_types::auth0::SubjectType;
use doorward_proto::client_registry::v1::ClientGrantPatch;

use super::places::Places;
use crate::document::Object;

pub(super) fn read(grant: &mut Object, places: &mut Places) -> Option<ClientGrantPatch> {
    let client = grant.required_text("client_id");
    let audience = grant.required_text("audience");
    let subject_type = grant.wire_enum::<SubjectType>("subject_type");
    let scopes = grant.texts_that("scope", rule::scope);
    // Organizations that applications act for by themselves, at `/oauth/token`: none.
    grant.pass("organization_usage", &["deny".into()]);
    grant.pass("allow_any_organization", &[false.into()]);
    let patch = ClientGrantPatch {
        client: client?,
        audience: audience?,
        subject_type,
        scopes,
    };
    grant.require(check::client_grant(patch.clone()));
    places.add_client_grant(&patch, &grant.place("client_id"));
    Some(patch)
}
