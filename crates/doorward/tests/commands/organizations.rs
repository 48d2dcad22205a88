//! Tests of organizations, from the tenant file to their members.

use serde_json::{Value, json};

use super::{Place, failed, succeeded};

const FILE: &str = "
clients:
- name: My App
  client_id: AbCdEfGhIjKlMnOpQrStUvWxYz012345
databases:
- id: con_staff00000000001
  name: Staff
  strategy: auth0
roles:
- {id: rol_reader0000000001, name: reader}
- {id: rol_writer0000000001, name: writer}
organizations:
- id: org_acme000000000001
  name: acme
  display_name: Acme Company
  branding: {logo_url: https://acme.example/l.png, colors: {primary: '#0059D6'}}
  metadata: {tier: gold}
  connections:
  - {name: Staff, assign_membership_on_login: true, is_signup_enabled: true}
  third_party_client_access: allow
  discovery_domains: [{domain: acme.example, status: verified}]
  is_app_entitlement_active: true
  clients: [{client_id: My App, use_for_member_access: true}]
- id: org_beta000000000001
  name: beta
";

const IMPORT: &str = "import tenant.yaml --data data";

/// A place with this file and the users alice and bob.
fn place() -> Place {
    let place = Place::new();
    place.write("tenant.yaml", FILE);
    succeeded(place.run(IMPORT));
    for email in ["alice@example.com", "bob@example.com"] {
        let add = format!("user add {email} --data data");
        succeeded(place.run_with(&add, "correct horse\n"));
    }
    place
}

fn organization(place: &Place, command: &str) -> std::process::Output {
    place.run(&format!("organization {command} --data data"))
}

fn document(place: &Place, command: &str) -> Value {
    let printed = succeeded(organization(place, &format!("{command} --json")));
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn every_setting_is_imported_and_shown() {
    let place = place();
    let expected = json!({
        "id": "org_acme000000000001",
        "name": "acme",
        "display_name": "Acme Company",
        "branding": { "logo_url": "https://acme.example/l.png", "colors": { "primary": "#0059d6" } },
        "metadata": { "tier": "gold" },
        "connections": [{
            "name": "Staff",
            "assign_membership_on_login": true,
            "is_signup_enabled": true,
            "show_as_button": true,
            "is_enabled": true,
        }],
        "third_party_client_access": "allow",
        "discovery_domains": [
            { "domain": "acme.example", "status": "verified", "use_for_organization_discovery": true },
        ],
        "is_app_entitlement_active": true,
        "clients": [
            { "client_id": "AbCdEfGhIjKlMnOpQrStUvWxYz012345", "use_for_member_access": true },
        ],
    });
    assert_eq!(document(&place, "show org_acme000000000001"), expected);
    assert_eq!(document(&place, "show ACME"), expected);
    let lines = succeeded(organization(&place, "show acme"));
    for line in [
        "name: acme",
        "connections[0].name: Staff",
        "metadata.tier: gold",
    ] {
        assert!(lines.lines().any(|printed| printed == line), "{lines}");
    }
    assert_eq!(succeeded(place.run(IMPORT)), "nothing changed\n");

    // What is shown can be imported.
    let shown = json!({ "organizations": [expected] });
    place.write("shown.yaml", &shown.to_string());
    let again = succeeded(place.run("import shown.yaml --data data"));
    assert_eq!(again, "nothing changed\n");

    let other = FILE
        .replace("'#0059D6'", "'#ff0000'")
        .replace("is_signup_enabled: true", "is_signup_enabled: false");
    place.write("tenant.yaml", &other);
    assert_eq!(
        succeeded(place.run(IMPORT)),
        "changed organization \"acme\" (org_acme000000000001): branding, connections\n"
    );
}

#[test]
fn what_an_organization_names_should_exist() {
    let place = Place::new();
    place.write(
        "tenant.yaml",
        &FILE
            .replace("- {name: Staff,", "- {name: Stuff,")
            .replace("client_id: My App", "client_id: none"),
    );
    let expected = "warning: organizations[acme].connections[Stuff]: there is no connection \"Stuff\"\n\
                    warning: organizations[acme].clients[none]: there is no application \"none\"\n";
    for flags in [" --dry-run", ""] {
        let output = place.run(&format!("{IMPORT}{flags}"));
        let warnings = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(warnings.ends_with(expected), "{flags}: {warnings}");
    }
    place.write("tenant.yaml", FILE);
    let output = place.run(IMPORT);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_setting_that_is_refused_writes_nothing() {
    let place = Place::new();
    for (good, bad, complaint) in [
        (
            "'#0059D6'",
            "'red'",
            "organizations[acme]: left out: branding.colors.primary \"red\" is not a color",
        ),
        (
            "https://acme.example/l.png",
            "http://acme.example/l.png",
            "organizations[acme].branding.logo_url: \"http://acme.example/l.png\" is not an https URL",
        ),
        (
            "assign_membership_on_login: true, ",
            "",
            "is_signup_enabled needs assign_membership_on_login",
        ),
        ("name: beta", "name: org_beta", "must not begin with org_"),
    ] {
        place.write("tenant.yaml", &FILE.replace(good, bad));
        let errors = failed(&place.run(&format!("{IMPORT} --strict")), 1);
        assert!(errors.contains(complaint), "{complaint}: {errors}");
    }
    place.write("tenant.yaml", FILE);
    let printed = succeeded(place.run(IMPORT));
    assert!(printed.contains("created client \"My App\""), "{printed}");
}

#[test]
fn organizations_are_listed_in_parts() {
    let place = place();
    assert_eq!(
        succeeded(organization(&place, "list")),
        "org_acme000000000001 acme \"Acme Company\"\norg_beta000000000001 beta\n"
    );
    let all = document(&place, "list");
    assert_eq!(all["organizations"].as_array().unwrap().len(), 2);
    assert_eq!(all["organizations"][0], document(&place, "show acme"));
    let first = document(&place, "list --take 1");
    assert_eq!(first["next"], "org_acme000000000001");
    let second = document(&place, "list --take 1 --from org_acme000000000001");
    assert_eq!(second["organizations"][0]["name"], "beta");
    assert_eq!(second.get("next"), None);
    let second = document(&place, "list --take 1 --page 1");
    assert_eq!(second["organizations"][0]["name"], "beta");
    let expected = (&json!(1), &json!(1), &json!(2));
    assert_eq!(
        (&second["start"], &second["limit"], &second["total"]),
        expected
    );
    let output = organization(&place, "list --take 1");
    let warning = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        warning.contains("--from 'org_acme000000000001'"),
        "{warning}"
    );
}

#[test]
fn members_come_and_go() {
    let place = place();
    let added = document(&place, "add-member acme alice@example.com");
    let user_id = added["user_id"].as_str().unwrap().to_owned();
    assert_eq!(added["organization_id"], "org_acme000000000001");
    assert_eq!(added["added"], true);
    let again = succeeded(organization(&place, &format!("add-member acme {user_id}")));
    assert_eq!(
        again,
        format!("{user_id} already was a member of org_acme000000000001\n")
    );
    succeeded(organization(&place, "add-member acme bob@example.com"));

    let members = document(&place, "members acme");
    let members = members["members"].as_array().unwrap();
    let emails = members
        .iter()
        .map(|member| member["email"].as_str().unwrap());
    let mut emails: Vec<_> = emails.collect();
    emails.sort_unstable();
    assert_eq!(emails, ["alice@example.com", "bob@example.com"]);
    assert_eq!(succeeded(organization(&place, "members beta")), "");
    let first = document(&place, "members acme --take 1 --page 0");
    assert_eq!((&first["total"], &first["limit"]), (&json!(2), &json!(1)));

    let removed = succeeded(organization(&place, "remove-member acme alice@example.com"));
    assert_eq!(
        removed,
        format!("{user_id} is no longer a member of org_acme000000000001\n")
    );
    let again = document(&place, &format!("remove-member acme {user_id}"));
    assert_eq!(again["removed"], false);
    let lines = succeeded(organization(&place, "members acme"));
    assert!(lines.ends_with(" bob@example.com\n"), "{lines}");
    assert_eq!(lines.lines().count(), 1);
}

#[test]
fn a_member_has_roles_in_one_organization() {
    let place = place();
    for organization_name in ["acme", "beta"] {
        let add = format!("add-member {organization_name} alice@example.com");
        succeeded(organization(&place, &add));
    }
    assert_eq!(
        succeeded(organization(&place, "roles acme alice@example.com")),
        ""
    );
    let set = "roles acme alice@example.com writer rol_reader0000000001";
    let printed = succeeded(organization(&place, set));
    assert!(
        printed.ends_with(" now has the roles reader, writer in org_acme000000000001\n"),
        "{printed}"
    );
    let again = succeeded(organization(&place, set));
    assert!(again.contains(" already had the roles "), "{again}");
    assert_eq!(
        succeeded(organization(&place, "roles acme alice@example.com")),
        "reader\nwriter\n"
    );
    assert_eq!(
        succeeded(organization(&place, "roles beta alice@example.com")),
        ""
    );
    let tenant = succeeded(place.run("user roles alice@example.com --data data"));
    assert_eq!(tenant, "", "roles of the tenant are others");
    let members = succeeded(organization(&place, "members acme"));
    assert!(
        members.ends_with(" alice@example.com: reader, writer\n"),
        "{members}"
    );
    let shown = document(&place, "roles acme alice@example.com writer");
    let writer = json!([{ "id": "rol_writer0000000001", "name": "writer" }]);
    assert_eq!(shown["roles"], writer);
    let none = document(&place, "roles acme alice@example.com --none");
    assert_eq!(none["roles"], json!([]));
}

#[test]
fn organizations_members_and_roles_must_exist() {
    let place = place();
    succeeded(organization(&place, "add-member acme alice@example.com"));
    for (command, complaint) in [
        (
            "show none",
            "no organization found by that id or name: none\n",
        ),
        (
            "members none",
            "no organization found by that id or name: none\n",
        ),
        (
            "delete none",
            "no organization found by that id or name: none\n",
        ),
        (
            "add-member acme carol@example.com",
            "there is no user with the email carol@example.com\n",
        ),
        (
            "add-member acme auth0|nobody",
            "there is no user with the id auth0|nobody\n",
        ),
        (
            "roles acme bob@example.com reader",
            " is not a member of org_acme000000000001\n",
        ),
        (
            "roles acme alice@example.com reader reviewer owner",
            "there is no role \"reviewer\", \"owner\"\n",
        ),
    ] {
        let errors = failed(&organization(&place, command), 1);
        assert!(errors.ends_with(complaint), "{command}: {errors}");
    }
}

#[test]
fn a_deleted_organization_leaves_its_users() {
    let place = place();
    succeeded(organization(&place, "add-member acme alice@example.com"));
    let printed = succeeded(organization(&place, "delete acme"));
    assert_eq!(
        printed,
        "deleted organization \"acme\" (org_acme000000000001)\n"
    );
    failed(&organization(&place, "show acme"), 1);
    succeeded(organization(&place, "add-member beta alice@example.com"));
    let again = succeeded(place.run(IMPORT));
    assert_eq!(
        again,
        "created organization \"acme\" (org_acme000000000001)\n"
    );
    assert_eq!(succeeded(organization(&place, "members acme")), "");
}
