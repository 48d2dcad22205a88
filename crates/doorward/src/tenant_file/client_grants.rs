//! `clientGrants`: what an application may ask of an API.

use doorward_oauth2_types::auth0::SubjectType;
use doorward_proto::client_registry::v1::ClientGrantPatch;

use crate::document::{Ignored, Object, Result};

pub(super) fn read(mut grant: Object, ignored: &mut Ignored) -> Result<Option<ClientGrantPatch>> {
    let subject_type = grant.wire_enum::<SubjectType>("subject_type")?;
    let patch = ClientGrantPatch {
        client: grant.required_text("client_id")?,
        audience: grant.required_text("audience")?,
        subject_type,
        scopes: grant.texts("scope")?,
    };
    // Organizations that applications act for by themselves, at `/oauth/token`: none.
    grant.pass("organization_usage", &["deny".into()]);
    grant.pass("allow_any_organization", &[false.into()]);
    grant.finish(ignored);
    Ok(Some(patch))
}
