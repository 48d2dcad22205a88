//! Applications.

use crate::Error;
use crate::domain::{Client, ClientId, ClientPatch, Draft, Entity};

pub(super) fn plan(
    existing: Vec<Client>,
    patches: Vec<ClientPatch>,
) -> Result<Vec<Draft<Client>>, Error> {
    let mut drafts: Vec<_> = existing.into_iter().map(Draft::existing).collect();
    let without_id = patches.iter().filter(|patch| patch.client_id.is_none());
    let found_by_name: Vec<_> = without_id.map(|patch| patch.name.clone()).collect();
    for patch in patches {
        let draft = Draft::find_or_add(
            &mut drafts,
            |client| patch.is_for(client),
            || patch.new_client(),
        );
        draft.patch_once(&patch.entity(), "name")?;
        patch.apply(draft)?;
    }
    for name in found_by_name {
        refuse_namesakes(&drafts, &name)?;
    }
    Ok(drafts)
}

/// Names need not be unique; a patch without an id must not change one of several at random.
fn refuse_namesakes(drafts: &[Draft<Client>], name: &str) -> Result<(), Error> {
    if drafts
        .iter()
        .filter(|draft| draft.object.name == name)
        .count()
        > 1
    {
        let problem = "several applications have this name; give the client_id";
        return Err(Entity::client(name).invalid("name", problem).into());
    }
    Ok(())
}

/// The application that another object refers to, by id, else by name.
pub(in crate::domain) fn resolve(
    drafts: &[Draft<Client>],
    name_or_id: &str,
) -> Result<ClientId, String> {
    let clients = || drafts.iter().map(|draft| &draft.object);
    if let Some(client) = clients().find(|client| client.client_id.as_str() == name_or_id) {
        return Ok(client.client_id.clone());
    }
    let mut namesakes = clients().filter(|client| client.name == name_or_id);
    match (namesakes.next(), namesakes.next()) {
        (Some(only), None) => Ok(only.client_id.clone()),
        (None, _) => Err(format!("no application has the name or id {name_or_id:?}")),
        _ => Err(format!(
            "several applications have the name {name_or_id:?}; give the client_id"
        )),
    }
}
