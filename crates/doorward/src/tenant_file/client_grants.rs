//! `clientGrants`: what an application may ask of an API.

use doorward_proto::client_registry::v1::ClientGrantPatch;

use crate::document::{Ignored, Object, Result};

/// The words of `client-registry`, which are known here too so that a mistake is named with its line.
const SUBJECT_TYPES: [(&str, &str); 2] = [("client", "client"), ("user", "user")];

pub(super) fn read(mut grant: Object, ignored: &mut Ignored) -> Result<Option<ClientGrantPatch>> {
    let subject_type = grant.word("subject_type", &SUBJECT_TYPES)?;
    let patch = ClientGrantPatch {
        client: grant.required_text("client_id")?,
        audience: grant.required_text("audience")?,
        subject_type: subject_type.map(str::to_owned),
        scopes: grant.texts("scope")?,
    };
    // Organizations that applications act for by themselves, at `/oauth/token`: none.
    grant.pass("organization_usage", &["deny".into()]);
    grant.pass("allow_any_organization", &[false.into()]);
    grant.finish(ignored);
    Ok(Some(patch))
}
