//! Client grants.

use super::PlannedClientGrant;
use super::clients::References;
use crate::Error;
use crate::domain::{Client, ClientGrant, ClientGrantPatch, Draft};

pub(super) fn plan(
    existing: Vec<ClientGrant>,
    patches: Vec<ClientGrantPatch>,
    references: &mut References<'_>,
) -> Result<Vec<Draft<ClientGrant>>, Error> {
    let mut drafts: Vec<_> = existing.into_iter().map(Draft::existing).collect();
    for patch in patches {
        let entity = patch.entity();
        let Some(client_id) = references.resolve(&patch.client, &entity, "client")? else {
            continue;
        };
        let draft = Draft::find_or_add(
            &mut drafts,
            |grant| patch.is_for(&client_id, grant),
            || patch.new_client_grant(client_id.clone()),
        );
        draft.patch_once(&entity, "client")?;
        patch.apply(draft);
    }
    Ok(drafts)
}

/// The grants that must be written, with the new names of their applications.
pub(super) fn differing(
    drafts: Vec<Draft<ClientGrant>>,
    clients: &[Draft<Client>],
) -> Vec<PlannedClientGrant> {
    let name_of = |grant: &ClientGrant| {
        let mut clients = clients.iter().map(|draft| &draft.object);
        let client = clients.find(|client| client.client_id == grant.client_id);
        client.map(|client| client.name.clone()).unwrap_or_default()
    };
    super::differing(drafts)
        .into_iter()
        .map(|draft| PlannedClientGrant {
            client_name: name_of(&draft.object),
            draft,
        })
        .collect()
}
