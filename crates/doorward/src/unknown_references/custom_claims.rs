//! Custom claims.

use doorward_proto::client_registry::v1::ApplyTenantRequest;

use super::{Registry, find_api};
use crate::error::Error;

/// Returns one line for each API of a custom claim that does not exist once the file is applied.
pub(super) async fn without_effect(
    registry: &mut Registry,
    wanted: &ApplyTenantRequest,
) -> Result<Vec<String>, Error> {
    let tenant = wanted.tenant.iter();
    let claims = tenant
        .flat_map(|tenant| &tenant.custom_claims)
        .flat_map(|claims| &claims.values);
    let mut lines = Vec::new();
    for claim in claims {
        for audience in &claim.audiences {
            let mut wanted_apis = wanted.resource_servers.iter();
            let is_wanted = wanted_apis.any(|api| api.identifier == *audience);
            if !is_wanted && find_api(registry, audience).await?.is_none() {
                let name = &claim.name;
                lines.push(format!(
                    "doorward.claims[{name}].apis: there is no API {audience:?}"
                ));
            }
        }
    }
    Ok(lines)
}
