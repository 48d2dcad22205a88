//! Settings, connections and domains.

use super::*;
use crate::domain::{Branding, Client, DiscoveryDomain, Metadata};

pub(super) async fn all(store: &dyn Store) {
    every_setting_is_kept(store).await;
    absent_settings_stay_and_empty_ones_go(store).await;
    a_connection_leads_to_organizations_while_it_assigns(store).await;
    only_verified_domains_lead_to_organizations(store).await;
}

fn domain(domain: &str, verified: bool, used: bool) -> DiscoveryDomain {
    DiscoveryDomain {
        domain: domain.to_owned(),
        verified,
        use_for_organization_discovery: used,
    }
}

fn rich() -> Patch {
    let flags = |name: &str, bits: [bool; 4]| Connection {
        name: name.to_owned(),
        assign_membership_on_login: bits[0],
        is_signup_enabled: bits[1],
        show_as_button: bits[2],
        is_enabled: bits[3],
    };
    let patch = Patch {
        display_name: Some("Réich \" \\ ' $1".to_owned()),
        branding: Some(Branding {
            logo_url: Some("https://a.example/l.png".to_owned()),
            primary_color: None,
            page_background_color: Some("#ffffff".to_owned()),
        }),
        metadata: Some(Metadata(
            [
                ("a'; DROP TABLE member; --".to_owned(), "1".to_owned()),
                ("b".to_owned(), String::new()),
            ]
            .into(),
        )),
        connections: Some(vec![
            flags("Zoë's users 1", [true, true, false, true]),
            flags("2", [false, false, true, false]),
            flags("3", [true, false, true, true]),
        ]),
        third_party_clients_allowed: Some(true),
        discovery_domains: Some(vec![
            domain("b.example", true, false),
            domain("a.example", false, true),
        ]),
        is_app_entitlement_active: Some(true),
        clients: Some(vec![Client {
            client_id: "app".to_owned(),
            use_for_member_access: true,
        }]),
        ..patch(Some("org_rich"), "rich")
    };
    patch.check().unwrap()
}

async fn every_setting_is_kept(store: &dyn Store) {
    let changes = store.apply(vec![rich()], false).await.unwrap();
    let found = find(store, &id("org_rich")).await.unwrap();
    assert_eq!(found, changes[0].organization);
    assert_eq!(found.settings.metadata, rich().metadata.unwrap());
    assert_eq!(found.connections, rich().connections.unwrap());
    assert_eq!(found.discovery_domains, rich().discovery_domains.unwrap());
    assert_eq!(store.apply(vec![rich()], false).await.unwrap(), []);
}

async fn absent_settings_stay_and_empty_ones_go(store: &dyn Store) {
    let before = find(store, &id("org_rich")).await.unwrap();
    let renamed = patch(Some("org_rich"), "richer");
    store.apply(vec![renamed], false).await.unwrap();
    let expected = Organization {
        name: name("richer"),
        ..before
    };
    assert_eq!(find(store, &id("org_rich")).await, Some(expected));
    let empty = Patch {
        display_name: Some("Poor".to_owned()),
        branding: Some(Branding::default()),
        metadata: Some(Metadata::default()),
        connections: Some(Vec::new()),
        third_party_clients_allowed: Some(false),
        discovery_domains: Some(Vec::new()),
        is_app_entitlement_active: Some(false),
        clients: Some(Vec::new()),
        ..patch(Some("org_rich"), "richer")
    };
    let changes = store.apply(vec![empty], false).await.unwrap();
    assert_eq!(changes[0].fields.len(), 8);
    let expected = Organization {
        display_name: "Poor".to_owned(),
        ..Organization::new(id("org_rich"), name("richer"))
    };
    assert_eq!(find(store, &id("org_rich")).await, Some(expected));
}

async fn a_connection_leads_to_organizations_while_it_assigns(store: &dyn Store) {
    let off = Connection {
        is_enabled: false,
        ..connection("Leads", true)
    };
    create_with(store, "lead-b", vec![connection("Leads", true)]).await;
    create_with(
        store,
        "lead-a",
        vec![connection("Leads", true), connection("More", true)],
    )
    .await;
    create_with(store, "lead-c", vec![connection("Leads", false)]).await;
    create_with(store, "lead-d", vec![off]).await;
    let names = |listed: Vec<Organization>| -> Vec<String> {
        listed
            .iter()
            .map(|it| it.name.as_str().to_owned())
            .collect()
    };
    let listed = store.list_that_assign("Leads", 10).await.unwrap();
    assert_eq!(listed[0].connections.len(), 2, "all connections are read");
    assert_eq!(names(listed), ["lead-a", "lead-b"]);
    let first = store.list_that_assign("Leads", 1).await.unwrap();
    assert_eq!(names(first), ["lead-a"]);
    assert!(store.list_that_assign("leads", 1).await.unwrap().is_empty());
}

async fn only_verified_domains_lead_to_organizations(store: &dyn Store) {
    let with = |text: &str, domains: Vec<DiscoveryDomain>| Patch {
        discovery_domains: Some(domains),
        ..patch(None, text)
    };
    let wanted = vec![
        with("verified-b", vec![domain("led.example", true, true)]),
        with(
            "verified-a",
            vec![
                domain("led.example", true, true),
                domain("x.example", true, true),
            ],
        ),
        with("pending", vec![domain("led.example", false, true)]),
        with("unused", vec![domain("led.example", true, false)]),
    ];
    store.apply(wanted, false).await.unwrap();
    let listed = store.list_of_domain("led.example", 10).await.unwrap();
    let names: Vec<_> = listed.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["verified-a", "verified-b"]);
    assert_eq!(listed[0].discovery_domains.len(), 2);
    assert_eq!(
        store.list_of_domain("led.example", 1).await.unwrap().len(),
        1
    );
    assert!(store.list_of_domain("example", 1).await.unwrap().is_empty());
}
