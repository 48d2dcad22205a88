use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Place, failed, succeeded};

const BACKUP: &str = "backup --data data copy";
const RESTORE: &str = "restore --data new copy";

/// A data folder with a tenant, a user and a session store, and a backup of them.
fn with_backup() -> Place {
    let place = Place::with_tenant();
    succeeded(place.run_with("user add a@b.example --data data", "correct horse\n"));
    succeeded(place.run("user block a@b.example --data data"));
    let printed = succeeded(place.run(BACKUP));
    for name in ["session.db", "identity.db", "client-registry.db"] {
        assert!(printed.lines().any(|line| line == name), "{printed}");
    }
    place
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_backup_is_restored_into_a_new_folder_for_its_owner_only() {
    let place = with_backup();
    succeeded(place.run(RESTORE));
    succeeded(place.run("user roles a@b.example --data new"));
    for folder in ["copy", "new"].map(|name| place.path().join(name)) {
        assert_eq!(mode(&folder), 0o700);
        for file in files(&folder) {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }
    assert_eq!(files(place.path()).len(), 4, "nothing else is left");
}

#[test]
fn sessions_may_be_left_out() {
    let place = with_backup();
    succeeded(place.run("restore --data new --without-sessions copy"));
    assert!(!place.path().join("new/session.db").exists());
    succeeded(place.run("user unblock a@b.example --data new"));
}

#[test]
fn no_folder_is_written_over() {
    let place = with_backup();
    assert!(failed(&place.run(BACKUP), 1).contains("copy is not empty"));
    let errors = failed(&place.run("restore --data data copy"), 1);
    assert!(errors.contains("data is not empty"), "{errors}");
    fs::create_dir(place.path().join("new")).unwrap();
    succeeded(place.run(RESTORE));
    succeeded(place.run("backup --data data other"));
}

#[test]
fn what_is_no_sound_backup_is_refused_and_leaves_nothing() {
    type Harm = fn(&Path);
    let harms: [(Harm, &str); 6] = [
        (|copy| fs::remove_dir_all(copy).unwrap(), "No such file"),
        (
            |copy| fs::remove_file(copy.join("client-registry.db")).unwrap(),
            "is not a backup that doorward backup has made",
        ),
        (
            |copy| fs::write(copy.join("identity.db"), "x".repeat(9000)).unwrap(),
            "not a database",
        ),
        (
            |copy| fs::write(copy.join("token-signing.db"), "").unwrap(),
            "token-signing.key: missing; without it the signing keys in token-signing.db cannot be used",
        ),
        (
            |copy| fs::remove_file(copy.join("organization.key")).unwrap(),
            "organization.key: missing; without it invitations and mails in organization.db cannot be used",
        ),
        (
            |copy| fs::write(copy.join("identity.db-wal"), "log").unwrap(),
            "identity.db-wal: holds data that is not in the database yet",
        ),
    ];
    for (harm, complaint) in harms {
        let place = with_backup();
        harm(&place.path().join("copy"));
        let errors = failed(&place.run(RESTORE), 1);
        assert!(errors.contains(complaint), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        let names: Vec<_> = files(&place.path().join("new"));
        assert_eq!(names, [place.path().join("new/server.lock")]);
        assert!(failed(&place.run("backup --data new other"), 1).contains("no Doorward data"));
    }
}

#[test]
fn a_folder_that_others_may_enter_is_named_with_what_to_do() {
    let place = with_backup();
    let new = place.path().join("new");
    fs::create_dir(&new).unwrap();
    fs::set_permissions(&new, Permissions::from_mode(0o750)).unwrap();
    let output = place.run(RESTORE);
    let warning = String::from_utf8_lossy(&output.stderr).into_owned();
    succeeded(output);
    assert!(warning.contains("(mode 750)"), "{warning}");
    let command = format!("chmod 700 {}", new.canonicalize().unwrap().display());
    assert!(warning.trim_end().ends_with(&command), "{warning}");
    assert_eq!(warning.lines().count(), 1, "{warning}");
}
