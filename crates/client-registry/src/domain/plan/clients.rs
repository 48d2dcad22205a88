//! Applications.

use doorward_proto::InvalidField;

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

/// References to applications, by id, else by name.
pub(in crate::domain) struct References<'a> {
    clients: &'a [Draft<Client>],
    leave_out_unknown: bool,
    left_out: Vec<InvalidField>,
}

impl<'a> References<'a> {
    pub(super) fn new(clients: &'a [Draft<Client>], leave_out_unknown: bool) -> Self {
        Self {
            clients,
            leave_out_unknown,
            left_out: Vec::new(),
        }
    }

    /// The application that a field of another object refers to; `None` if the reference is left out.
    pub(in crate::domain) fn resolve(
        &mut self,
        name_or_id: &str,
        entity: &Entity,
        field: &str,
    ) -> Result<Option<ClientId>, InvalidField> {
        let unknown = |problem| entity.invalid(field, problem);
        match resolve(self.clients, name_or_id) {
            Ok(id) => Ok(Some(id)),
            Err(Unresolved::Unknown(problem)) if self.leave_out_unknown => {
                self.left_out.push(unknown(problem));
                Ok(None)
            }
            Err(Unresolved::Unknown(problem) | Unresolved::Ambiguous(problem)) => {
                Err(unknown(problem))
            }
        }
    }

    /// The references that were left out.
    pub(super) fn into_left_out(self) -> Vec<InvalidField> {
        self.left_out
    }
}

enum Unresolved {
    Unknown(String),
    Ambiguous(String),
}

fn resolve(drafts: &[Draft<Client>], name_or_id: &str) -> Result<ClientId, Unresolved> {
    let clients = || drafts.iter().map(|draft| &draft.object);
    if let Some(client) = clients().find(|client| client.client_id.as_str() == name_or_id) {
        return Ok(client.client_id.clone());
    }
    let mut namesakes = clients().filter(|client| client.name == name_or_id);
    match (namesakes.next(), namesakes.next()) {
        (Some(only), None) => Ok(only.client_id.clone()),
        (None, _) => {
            let problem = format!("no application has the name or id {name_or_id:?}");
            Err(Unresolved::Unknown(problem))
        }
        _ => {
            let problem =
                format!("several applications have the name {name_or_id:?}; give the client_id");
            Err(Unresolved::Ambiguous(problem))
        }
    }
}
