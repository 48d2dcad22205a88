use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use facts::Facts;

const DAY: i64 = 24 * 60 * 60;
const NOW: i64 = 1_800_000_000;

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder that has everything.
    fn filled() -> Self {
        let place = Self::new();
        place.fill(Step::Maintain, NOW).unwrap();
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn order(&self, step: Step) -> Order {
        Order {
            folder: self.path().to_owned(),
            names: Vec::new(),
            hosts: Vec::new(),
            owners: Vec::new(),
            days: 90,
            step,
        }
    }

    fn fill(&self, step: Step, now: i64) -> Result<Vec<String>, Error> {
        fill(&self.order(step), now)
    }

    fn refusal(&self, step: Step, now: i64) -> String {
        let refusal = self.fill(step, now).unwrap_err().to_string();
        assert_eq!(refusal.lines().count(), 1, "{refusal}");
        refusal
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    fn facts(&self, name: &str) -> Facts {
        Facts::of_pem(&self.read(&format!("{name}/tls.crt"))).unwrap()
    }

    /// The names of the CAs that a name trusts.
    fn trusted(&self, name: &str) -> Vec<String> {
        let text = self.read(&format!("{name}/ca.crt"));
        assert_eq!(text, self.read("ca.crt"));
        let blocks = text.split_inclusive("-----END CERTIFICATE-----\n");
        blocks
            .map(|text| Facts::of_pem(text).unwrap().name)
            .collect()
    }

    fn mode(&self, name: &str) -> u32 {
        let found = fs::metadata(self.path().join(name)).unwrap();
        found.permissions().mode() & 0o777
    }
}

fn set(hosts: &[&str]) -> BTreeSet<String> {
    hosts.iter().map(|host| (*host).to_owned()).collect()
}

#[test]
fn every_name_has_a_certificate_of_the_ca_and_keys_are_private() {
    let place = Place::filled();
    let [ca] = place.trusted("session").try_into().unwrap();
    for name in ["session", "commands", "redis", "postgres", "token-signing"] {
        let facts = place.facts(name);
        assert_eq!(facts.hosts, set(&[name]));
        assert_eq!(facts.issuer, ca);
        assert_eq!(facts.not_after, NOW + 90 * DAY);
        assert_eq!(place.mode(&format!("{name}/tls.key")), 0o600);
        assert_eq!(place.mode(&format!("{name}/tls.crt")), 0o644);
        assert_eq!(place.mode(name), 0o700);
    }
    assert_eq!(
        place.facts("localhost").hosts,
        set(&["localhost", "127.0.0.1", "::1"])
    );
    assert_eq!(place.mode("ca.key"), 0o600);
    assert!(place.facts("session").public_key != place.facts("redis").public_key);
}

#[test]
fn a_second_run_changes_nothing_and_adds_new_names() {
    let place = Place::filled();
    let before = place.read("session/tls.crt");
    assert_eq!(place.fill(Step::Maintain, NOW + DAY).unwrap(), [""; 0]);
    let order = Order {
        names: vec!["reports".to_owned()],
        hosts: vec!["login.example.com".to_owned(), "192.0.2.1".to_owned()],
        ..place.order(Step::Maintain)
    };
    let changes = fill(&order, NOW + DAY).unwrap();
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert_eq!(place.facts("reports").hosts, set(&["reports"]));
    // Later runs keep the names.
    assert_eq!(place.fill(Step::Maintain, NOW + DAY).unwrap(), [""; 0]);
    place.fill(Step::Renew, NOW + DAY).unwrap();
    let hosts = [
        "localhost",
        "127.0.0.1",
        "::1",
        "login.example.com",
        "192.0.2.1",
    ];
    assert_eq!(place.facts("localhost").hosts, set(&hosts));
    assert_ne!(before, place.read("session/tls.crt"));
}

#[test]
fn a_certificate_is_renewed_in_the_last_third_of_its_life() {
    let place = Place::filled();
    assert_eq!(place.fill(Step::Maintain, NOW + 59 * DAY).unwrap(), [""; 0]);
    let changes = place.fill(Step::Maintain, NOW + 61 * DAY).unwrap();
    assert_eq!(changes.len(), 11, "{changes:?}");
    assert!(
        changes[0].contains("renewed before its expiry; valid until 2027-"),
        "{changes:?}"
    );
    assert_eq!(place.facts("session").not_after, NOW + 151 * DAY);
}

#[test]
fn files_that_do_not_belong_together_are_made_again() {
    let place = Place::filled();
    let session = place.path().join("session");
    fs::copy(place.path().join("redis/tls.key"), session.join("tls.key")).unwrap();
    fs::remove_file(place.path().join("demo/tls.key")).unwrap();
    fs::write(place.path().join("identity/tls.crt"), "text").unwrap();
    fs::write(place.path().join("commands/ca.crt"), "text").unwrap();
    let changes = place.fill(Step::Maintain, NOW).unwrap();
    assert_eq!(changes.len(), 3, "{changes:?}");
    assert_eq!(place.fill(Step::Maintain, NOW).unwrap(), [""; 0]);
    assert_eq!(place.trusted("commands").len(), 1);
}

#[test]
fn a_ca_is_replaced_in_three_steps() {
    let place = Place::filled();
    let [old] = place.trusted("session").try_into().unwrap();
    let leaf = place.read("session/tls.crt");

    assert_eq!(place.fill(Step::NewAuthority, NOW).unwrap().len(), 1);
    let [_, new] = place.trusted("session").try_into().unwrap();
    assert_ne!(old, new);
    assert_eq!(leaf, place.read("session/tls.crt"), "all trust it first");
    assert!(
        place
            .refusal(Step::NewAuthority, NOW)
            .contains("being replaced already")
    );
    assert!(
        place
            .refusal(Step::DropOldAuthority, NOW)
            .contains("run --renew first")
    );
    assert_eq!(place.fill(Step::Maintain, NOW).unwrap(), [""; 0]);

    place.fill(Step::Renew, NOW).unwrap();
    assert_eq!(place.facts("session").issuer, new);
    assert_eq!(place.trusted("redis"), [old.clone(), new.clone()]);
    assert!(!place.path().join("next-ca.key").exists());
    assert!(
        place
            .refusal(Step::NewAuthority, NOW)
            .contains("being replaced already")
    );

    place.fill(Step::DropOldAuthority, NOW).unwrap();
    assert_eq!(place.trusted("redis"), [new]);
    assert_eq!(place.fill(Step::Maintain, NOW).unwrap(), [""; 0]);
    place.fill(Step::NewAuthority, NOW).unwrap();
}

/// Killed after the new CA became the one that issues.
#[test]
fn a_run_completes_a_renewal_that_was_cut_off() {
    let place = Place::filled();
    place.fill(Step::NewAuthority, NOW).unwrap();
    let folder = place.path();
    fs::rename(folder.join("next-ca.key"), folder.join("ca.key")).unwrap();
    let refusal = place.refusal(Step::DropOldAuthority, NOW);
    assert!(
        refusal.contains("authorize-frontend has a certificate of the old CA"),
        "{refusal}"
    );
    let changes = place.fill(Step::Maintain, NOW).unwrap();
    assert_eq!(changes.len(), 11, "{changes:?}");
    place.fill(Step::DropOldAuthority, NOW).unwrap();
}

#[test]
fn a_certificate_never_outlives_its_ca() {
    let place = Place::filled();
    let late = NOW + 3640 * DAY;
    place.fill(Step::Maintain, late).unwrap();
    assert_eq!(place.facts("session").not_after, NOW + 3652 * DAY);
    let refusal = place.refusal(Step::Maintain, NOW + 3653 * DAY);
    assert!(
        refusal.contains("replace it with --new-ca, then --renew"),
        "{refusal}"
    );
    place.fill(Step::NewAuthority, NOW + 3653 * DAY).unwrap();
    place.fill(Step::Renew, NOW + 3653 * DAY).unwrap();
}

#[test]
fn a_folder_without_the_ca_is_refused_and_left_alone() {
    for (file, harm) in [("ca.key", None), ("ca.crt", None), ("ca.key", Some("text"))] {
        let place = Place::filled();
        let path = place.path().join(file);
        match harm {
            Some(text) => fs::write(&path, text).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let leaf = place.read("session/tls.crt");
        let refusal = place.refusal(Step::Renew, NOW);
        assert!(refusal.contains(&path.display().to_string()), "{refusal}");
        assert_eq!(leaf, place.read("session/tls.crt"));
    }
}

#[test]
fn an_interrupted_first_run_is_completed() {
    let place = Place::filled();
    let other = Place::new();
    // Folders of names may be there before: mounts.
    fs::create_dir(other.path().join("session")).unwrap();
    fs::copy(place.path().join("ca.key"), other.path().join("ca.key")).unwrap();
    other.fill(Step::Maintain, NOW).unwrap();
    assert_eq!(other.trusted("session").len(), 1);
}

#[test]
fn owners_are_given_for_all_names_or_for_one() {
    assert!("65532".parse::<Owner>().is_err());
    assert!("redis=a:b".parse::<Owner>().is_err());
    let place = Place::filled();
    let own = fs::metadata(place.path()).unwrap();
    let (user, group) = {
        use std::os::unix::fs::MetadataExt;
        (own.uid(), own.gid())
    };
    let owners = vec![format!("{user}:{group}").parse().unwrap()];
    let order = Order {
        owners,
        ..place.order(Step::Renew)
    };
    fill(&order, NOW).unwrap();
}
