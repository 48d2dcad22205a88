//! Hashes of the readable passwords in a user file.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use doorward_identity::HashingConfig;
use doorward_identity::domain::{HashMemory, HashingFailed, Password, PasswordHash};
use tokio::task::JoinSet;

use crate::error::Error;
use crate::users_file::UsersFile;

/// Gives every user with a password its hash. Hashes each password once, on all cores: the users of tests often have
/// the same one.
pub(super) async fn hash(file: &mut UsersFile) -> Result<(), Error> {
    let mut distinct: Vec<Password> = Vec::new();
    for keys in &file.test_keys {
        distinct.extend(keys.password.clone().filter(|it| !distinct.contains(it)));
    }
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let share = distinct.len().div_ceil(cores).max(1);
    let mut jobs = JoinSet::new();
    for passwords in distinct.chunks(share) {
        let passwords = passwords.to_vec();
        jobs.spawn_blocking(move || hash_each(passwords));
    }
    let mut hashed = Vec::new();
    while let Some(done) = jobs.join_next().await {
        let done = done.map_err(HashingFailed::new).and_then(|hashes| hashes);
        hashed.extend(done.map_err(|error| Error::Refused(error.to_string()))?);
    }
    for (user, keys) in file.users.iter_mut().zip(&file.test_keys) {
        let hash = hashed
            .iter()
            .find(|(password, _)| Some(password) == keys.password.as_ref());
        if let Some((_, hash)) = hash {
            user.password_hash = Some(hash.as_str().to_owned());
        }
    }
    Ok(())
}

fn hash_each(passwords: Vec<Password>) -> Result<Vec<(Password, PasswordHash)>, HashingFailed> {
    let cost = HashingConfig::default().cost;
    let mut memory = HashMemory::for_once(cost.block_count());
    let hashed = passwords.into_iter().map(|password| {
        let hash = PasswordHash::new(&password, &cost, &mut memory)?;
        Ok((password, hash))
    });
    hashed.collect()
}
