//! Tests of invitations, from the command line.

use serde_json::{Value, json};

use super::{Place, failed, succeeded};

const TENANT: &str = "
tenant: {friendly_name: Example, default_redirection_uri: 'https://login.example.com/u/invitation/start'}
clients:
- name: Team
  client_id: team
  organization_usage: allow
  initiate_login_uri: https://team.example.com/login?from=mail
- name: Plain
  client_id: plain
  organization_usage: require
- name: Closed
  client_id: closed
databases:
- id: con_staff00000000001
  name: Staff
  strategy: auth0
roles:
- id: rol_reader0000000001
  name: reader
organizations:
- id: org_acme000000000001
  name: acme
  display_name: Acme Inc.
";

fn place() -> Place {
    let place = Place::new();
    place.write("tenant.yaml", TENANT);
    succeeded(place.run("import tenant.yaml --data data"));
    place
}

fn invitation(place: &Place, command: &str) -> std::process::Output {
    place.run(&format!("invitation {command} --data data"))
}

fn json(place: &Place, command: &str) -> Value {
    let output = succeeded(invitation(place, &format!("{command} --json")));
    serde_json::from_str(&output).unwrap()
}

#[test]
fn an_invitation_is_created_shown_sent_again_and_revoked() {
    let place = place();
    let create = "create acme carol@example.com --client team --inviter Alice";
    let created = json(&place, &format!("{create} --role reader --ttl 60"));
    let text = |key: &str| created[key].as_str().unwrap().to_owned();
    let (id, ticket) = (text("id"), text("ticket_id"));
    assert_eq!(
        text("invitation_url"),
        format!(
            "https://team.example.com/login?from=mail&invitation={ticket}&organization=org_acme000000000001&organization_name=acme"
        )
    );
    assert_eq!(created["inviter"]["name"], "Alice");
    assert_eq!(created["invitee"]["email"], "carol@example.com");
    assert_eq!(created["roles"][0], "rol_reader0000000001");
    assert_eq!(created["language"], "en");
    assert_eq!(created["state"], "open");
    assert_eq!(created["mail"]["state"], "queued");
    assert_eq!(json(&place, &format!("show acme {id}")), created);
    assert_eq!(json(&place, "list acme")["invitations"][0], created);

    let resent = json(
        &place,
        &format!("resend org_acme000000000001 {id} --language ja"),
    );
    assert_eq!(resent["ticket_id"], created["ticket_id"]);

    let shown = succeeded(invitation(&place, &format!("show acme {id}")));
    assert!(
        shown.starts_with(&format!("{id}  carol@example.com  open, expires ")),
        "{shown}"
    );
    assert!(shown.contains("mail: queued, 0 attempts\n"), "{shown}");
    assert!(shown.contains(&ticket));

    let revoked = succeeded(invitation(&place, &format!("revoke acme {id}")));
    assert_eq!(revoked, format!("revoked {id}\n"));
    let other = json(&place, create)["id"].as_str().unwrap().to_owned();
    assert_eq!(
        json(&place, &format!("revoke acme {other}")),
        json!({ "organization_id": "org_acme000000000001", "invitation_id": other })
    );
    let shown = json(&place, &format!("show acme {id}"));
    assert_eq!(
        (&shown["state"], &shown["ticket_id"]),
        (&"revoked".into(), &Value::Null)
    );
    assert_eq!(
        json(&place, "list acme")["invitations"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    let again = failed(&invitation(&place, &format!("revoke acme {id}")), 1);
    assert!(
        again.contains(&format!("the invitation {id} was already revoked")),
        "{again}"
    );
    for command in ["show", "resend", "revoke"] {
        let wrong = failed(&invitation(&place, &format!("{command} acme uinv_x")), 1);
        assert!(
            wrong.contains("the organization org_acme000000000001 has no invitation uinv_x"),
            "{wrong}"
        );
    }
}

#[test]
fn lists_have_parts() {
    let place = place();
    for name in ["a", "b", "c"] {
        let create = format!("create acme {name}@example.com --client team --inviter A --no-mail");
        assert_eq!(json(&place, &create).get("mail"), None);
    }
    let first = json(&place, "list acme --take 2");
    assert_eq!(first["invitations"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let second = json(&place, &format!("list acme --take 2 --from {next}"));
    assert_eq!(second["invitations"].as_array().unwrap().len(), 1);
    assert_eq!(second.get("next"), None);
    let numbered = json(&place, "list acme --take 2 --page 1");
    assert_eq!(numbered["invitations"], second["invitations"]);
    let where_it_is = ["start", "limit", "total"].map(|key| &numbered[key]);
    assert_eq!(where_it_is, [2, 2, 3]);
    let all = json(&place, "list acme");
    assert_eq!(all["invitations"].as_array().unwrap().len(), 3);
}

#[test]
fn json_is_printed_as_by_the_other_commands() {
    let place = place();
    let create = "create acme carol@example.com --client team --inviter Alice --json";
    let created = succeeded(invitation(&place, create));
    let listed = succeeded(invitation(&place, "list acme --json"));
    for printed in [created, listed] {
        let document: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(printed, format!("{document:#}\n"));
    }
}

#[test]
fn the_link_leads_to_the_tenants_page_without_one_of_the_application() {
    let place = place();
    let created = json(
        &place,
        "create acme carol@example.com --client plain --inviter Alice --no-mail",
    );
    let url = created["invitation_url"].as_str().unwrap();
    assert!(
        url.starts_with("https://login.example.com/u/invitation/start?invitation="),
        "{url}"
    );
}

#[test]
fn refusals_have_auth0s_texts() {
    let place = place();
    let refused = |organization: &str, rest: &str| {
        let line = format!("create {organization} carol@example.com --inviter Alice {rest}");
        failed(&invitation(&place, &line), 1)
    };
    for (rest, text) in [
        (
            "--client unknown",
            "The specified client_id does not exist.",
        ),
        (
            "--client closed",
            "The specified client_id does not allow organizations.",
        ),
        (
            "--client team --connection Nothing",
            "The specified connection does not exist.",
        ),
        (
            "--client team --connection Staff",
            "The specified connection (con_staff00000000001) is not enabled for the organization",
        ),
        (
            "--client team --role reader --role x --role y",
            "One or more of the specified roles do not exist: x, y",
        ),
    ] {
        let errors = refused("acme", rest);
        assert!(errors.contains(text), "{errors}");
    }
    let errors = refused("nowhere", "--client team");
    assert!(
        errors.contains("no organization found by that id or name: nowhere"),
        "{errors}"
    );

    let without = TENANT.lines().filter(|line| !line.starts_with("tenant:"));
    let place = Place::new();
    place.write("tenant.yaml", &without.collect::<Vec<_>>().join("\n"));
    succeeded(place.run("import tenant.yaml --data data"));
    let line = "create acme carol@example.com --client plain --inviter Alice";
    let errors = failed(&invitation(&place, line), 1);
    assert!(
        errors.contains("A default login route is required to generate the invitation url"),
        "{errors}"
    );
}

#[test]
fn bad_values_are_refused() {
    let place = place();
    let create = "create acme carol@example.com --client team --inviter Alice";
    for (option, complaint) in [
        ("--ttl 0", "0 is not in 1..=2592000"),
        ("--ttl 2592001", "2592001 is not in 1..=2592000"),
        ("--app-metadata []", "must be a JSON object"),
        ("--language klingon", "choose one of en, ja"),
    ] {
        let errors = failed(&invitation(&place, &format!("{create} {option}")), 2);
        assert!(errors.contains(complaint), "{errors}");
    }
    let resend = invitation(&place, "resend acme uinv_1 --language klingon");
    assert!(failed(&resend, 2).contains("choose one of en, ja"));
    let bad_email = "create acme carol --client team --inviter Alice";
    let errors = failed(&invitation(&place, bad_email), 1);
    assert!(
        errors.contains("invitee_email: is not an email address"),
        "{errors}"
    );
}
