//! Tests of roles, from the tenant file to a user.

use super::{Place, TENANT, failed, succeeded};

const ROLES: &str = "
resourceServers:
- identifier: https://api.example.com/
  scopes: [{value: read:notes}, {value: write:notes}]
roles:
- id: rol_reader0000000001
  name: reader
  description: May read
  permissions:
  - {permission_name: read:notes, resource_server_identifier: https://api.example.com/}
- name: writer
  permissions:
  - permission_name: write:notes
    resource_server_identifier: https://api.example.com/
";

const IMPORT: &str = "import tenant.yaml --data data";

/// A place with these roles and one user.
fn place() -> Place {
    let place = Place::new();
    place.write("tenant.yaml", &format!("{TENANT}{ROLES}"));
    succeeded(place.run(IMPORT));
    succeeded(place.run_with("user add alice@example.com --data data", "correct horse\n"));
    place
}

fn alice(place: &Place, command: &str) -> std::process::Output {
    place.run(&format!("user {command} --data data"))
}

#[test]
fn roles_are_imported() {
    let place = Place::new();
    place.write("tenant.yaml", ROLES);
    let dry = succeeded(place.run(&format!("{IMPORT} --dry-run")));
    assert!(dry.contains("would create role \"reader\"\n"), "{dry}");
    let first = succeeded(place.run(IMPORT));
    assert!(
        first.contains(
            "created role \"reader\" (rol_reader0000000001)\ncreated role \"writer\" (rol_"
        ),
        "{first}"
    );
    assert_eq!(succeeded(place.run(IMPORT)), "nothing changed\n");

    place.write("tenant.yaml", &ROLES.replace("May read", "May look"));
    let changed = "role \"reader\" (rol_reader0000000001): description\n";
    let dry = succeeded(place.run(&format!("{IMPORT} --dry-run")));
    assert_eq!(dry, format!("would change {changed}"));
    assert_eq!(succeeded(place.run(IMPORT)), format!("changed {changed}"));
}

#[test]
fn a_role_that_is_refused_writes_nothing() {
    let place = Place::new();
    place.write(
        "tenant.yaml",
        &ROLES.replace("name: writer", "name: <writer>"),
    );
    let errors = failed(&place.run(&format!("{IMPORT} --strict")), 1);
    let complaint = "roles[<writer>]: left out: name must have 1 to 50 characters";
    assert!(errors.contains(complaint), "{errors}");
    place.write("tenant.yaml", ROLES);
    let printed = succeeded(place.run(IMPORT));
    assert!(
        printed.contains("created API \"https://api.example.com/\""),
        "{printed}"
    );
    assert!(printed.contains("created role \"reader\""), "{printed}");

    place.write("tenant.yaml", "roles: [{id: rol_other, name: reader}]");
    let errors = failed(&place.run(IMPORT), 1);
    assert_eq!(
        errors,
        "doorward: identity: another role has the name \"reader\"\n"
    );
}

#[test]
fn permissions_that_permit_nothing_are_warned_of() {
    let place = Place::new();
    let misspelt = ROLES.replace(
        "{permission_name: read:notes",
        "{permission_name: raed:notes",
    );
    let elsewhere = "    resource_server_identifier: https://api.example.com/\n";
    let misspelt = misspelt.replace(elsewhere, &elsewhere.replace("api.", "ipa."));
    let expected = "warning: roles[reader].permissions[raed:notes]: the API \"https://api.example.com/\" has no scope \"raed:notes\"\n\
                    warning: roles[writer].permissions[write:notes]: there is no API \"https://ipa.example.com/\"\n";
    place.write("tenant.yaml", &misspelt);
    for flags in [" --dry-run", "", ""] {
        let output = place.run(&format!("{IMPORT}{flags}"));
        let warnings = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(warnings.ends_with(expected), "{flags}: {warnings}");
    }
    place.write("tenant.yaml", ROLES);
    for flags in [" --dry-run", "", ""] {
        let output = place.run(&format!("{IMPORT}{flags}"));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{flags}");
    }
}

#[test]
fn a_user_has_exactly_the_given_roles() {
    let place = place();
    let id = |printed: &str| printed.split_once(' ').unwrap().0.to_owned();
    assert_eq!(succeeded(alice(&place, "roles alice@example.com")), "");
    let set = "roles alice@example.com writer rol_reader0000000001";
    let printed = succeeded(alice(&place, set));
    let user = id(&printed);
    assert_eq!(
        printed,
        format!("{user} now has the roles reader, writer\n")
    );
    assert_eq!(
        succeeded(alice(&place, set)),
        format!("{user} already had the roles reader, writer\n")
    );
    assert_eq!(
        succeeded(alice(&place, "roles Alice@Example.com")),
        "reader\nwriter\n"
    );
    let printed = succeeded(alice(&place, "roles alice@example.com writer"));
    assert_eq!(printed, format!("{user} now has the roles writer\n"));
    let printed = succeeded(alice(&place, "roles alice@example.com --none"));
    assert_eq!(printed, format!("{user} now has no roles\n"));
    assert_eq!(succeeded(alice(&place, "roles alice@example.com")), "");
}

#[test]
fn users_and_roles_must_exist() {
    let place = place();
    succeeded(alice(&place, "roles alice@example.com reader"));
    for (command, complaint) in [
        (
            "roles bob@example.com",
            "doorward: there is no user with the email bob@example.com\n",
        ),
        (
            "roles alice@example.com --connection Guests reader",
            "doorward: there is no user with the email alice@example.com in the connection \"Guests\"\n",
        ),
        (
            "roles alice@example.com writer reviewer",
            "doorward: identity: roles: there is no role \"reviewer\"\n",
        ),
    ] {
        assert_eq!(failed(&alice(&place, command), 1), complaint);
    }
    assert_eq!(
        succeeded(alice(&place, "roles alice@example.com")),
        "reader\n"
    );
}

#[test]
fn identity_is_needed_for_a_file_with_roles_only() {
    let place = Place::new();
    place.write("tenant.yaml", ROLES);
    let errors = failed(&place.run("import tenant.yaml"), 2);
    let complaint = "needs --data DIR, or --registry URL --identity URL\n";
    assert!(errors.ends_with(complaint), "{errors}");
}
