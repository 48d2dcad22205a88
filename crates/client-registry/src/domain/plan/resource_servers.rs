//! APIs.

use crate::Error;
use crate::domain::{Draft, ResourceServer, ResourceServerPatch};

pub(super) fn plan(
    existing: Vec<ResourceServer>,
    patches: Vec<ResourceServerPatch>,
) -> Result<Vec<Draft<ResourceServer>>, Error> {
    let mut drafts: Vec<_> = existing.into_iter().map(Draft::existing).collect();
    for patch in patches {
        refuse_taken_id(&drafts, &patch)?;
        let draft = Draft::find_or_add(
            &mut drafts,
            |server| server.identifier == patch.identifier,
            || patch.new_resource_server(),
        );
        draft.patch_once(&patch.entity(), "identifier")?;
        patch.apply(draft)?;
    }
    Ok(drafts)
}

fn refuse_taken_id(
    drafts: &[Draft<ResourceServer>],
    patch: &ResourceServerPatch,
) -> Result<(), Error> {
    let Some(id) = &patch.id else { return Ok(()) };
    let has_it =
        |server: &ResourceServer| server.id == *id && server.identifier != patch.identifier;
    if drafts.iter().any(|draft| has_it(&draft.object)) {
        return Err(Error::id_taken(&patch.entity(), id));
    }
    Ok(())
}
