//! SEC-118, SEC-119, SEC-120, SEC-123, SEC-126, SEC-131: what a ticket is worth, and where.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Deployment, PATIENCE, Request, User, forwarded};
use doorward_test_support::postgres;
use reqwest::Method;

use super::super::fixture::{ACME, BETA, SPECULATIVE, at_second, of_client, on_replicas, separate};
use super::super::sessions::tokens::everything_stored;
use super::{accept, assert_good, assert_not_good, invite, open, to_sign_up, with_ticket};

#[tokio::test]
async fn sec_118_an_altered_or_invented_ticket_is_refused() {
    on_replicas(async |deployment| {
        let invitation = invite(deployment, &User::stranger().email);
        let ticket = invitation.parameter("invitation");
        let flipped = |place: usize| {
            let mut letters: Vec<char> = ticket.chars().collect();
            letters[place] = if letters[place] == 'a' { 'b' } else { 'a' };
            letters.into_iter().collect::<String>()
        };
        let agent = Agent::new(deployment);
        for invented in [
            flipped(0),
            flipped(ticket.len() - 1),
            ticket[1..].to_owned(),
            format!("{ticket}a"),
            format!("{ticket} "),
            ticket.to_uppercase(),
            ticket.to_lowercase(),
            "a".repeat(ticket.len()),
            "' OR 1=1 --".to_owned(),
            "%".to_owned(),
            invitation.id().to_owned(),
        ] {
            if invented == ticket {
                continue;
            }
            let request = with_ticket(&invitation).with("invitation", &invented);
            for agent in [&agent, &at_second(deployment, &agent)] {
                assert_not_good(&agent.authorize(&request).await, &request);
            }
        }
        assert_good(deployment, &invitation).await;
    })
    .await;
}

/// The database has no ticket, and nothing that serves as one.
#[tokio::test]
async fn sec_119_a_dump_has_no_usable_ticket() {
    on_replicas(async |deployment| {
        if matches!(deployment, Deployment::Compose(_)) {
            return;
        }
        // With a mail that waits: it has the link too.
        let email = User::stranger().email;
        let invitation = deployment.invite(ACME, &email, "team1", &[]);
        let ticket = invitation.parameter("invitation");
        let dump = postgres::dump(separate(deployment).database("organization")).await;
        assert!(
            dump.contains(invitation.id()),
            "the dump has the invitation"
        );
        for secret in [&*ticket, "invitation="] {
            assert!(!dump.contains(secret), "{secret} is in the dump");
        }
        let agent = Agent::new(deployment);
        let rows = dump.lines().filter(|line| line.contains(invitation.id()));
        let values = rows.flat_map(|row| row.split('\''));
        for value in values.filter(|value| value.len() >= 16) {
            let request = with_ticket(&invitation).with("invitation", value);
            assert_not_good(&agent.authorize(&request).await, &request);
        }
    })
    .await;
}

/// A sign-in that waits for its user has the ticket, and the store has only what the browser can decrypt.
#[tokio::test]
async fn sec_119_pending_sign_ins_have_no_usable_ticket() {
    on_replicas(async |deployment| {
        if matches!(deployment, Deployment::Compose(_)) {
            return;
        }
        let invitation = invite(deployment, &User::stranger().email);
        let state = "state-of-the-invited-sign-in";
        let request = with_ticket(&invitation).with("state", state);
        Agent::new(deployment).open(&request).await;
        let stored = everything_stored(separate(deployment));
        assert!(stored.contains(state), "it is the right store");
        let ticket = invitation.parameter("invitation");
        assert!(!stored.contains(&ticket), "the ticket is stored");
    })
    .await;
}

#[tokio::test]
async fn sec_119_tickets_have_128_random_bits() {
    on_replicas(async |deployment| {
        let tickets: BTreeSet<String> = (0..20)
            .map(|_| invite(deployment, &User::stranger().email).parameter("invitation"))
            .collect();
        assert_eq!(tickets.len(), 20);
        for ticket in tickets {
            // 62 letters and digits are 5.95 bits each.
            assert!(ticket.len() >= 22, "{ticket}");
            assert!(
                ticket.chars().all(|c| c.is_ascii_alphanumeric()),
                "{ticket}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn sec_120_a_ticket_is_of_one_organization() {
    on_replicas(async |deployment| {
        let user = User::stranger();
        let invitation = invite(deployment, &user.email);
        let agent = Agent::new(deployment);
        let request = with_ticket(&invitation).with("organization", BETA);
        for agent in [&agent, &at_second(deployment, &agent)] {
            assert_not_good(&agent.authorize(&request).await, &request);
        }
        assert_good(deployment, &invitation).await;
        accept(&agent, &invitation, &user).await;
    })
    .await;
}

#[tokio::test]
async fn sec_123_one_answer_for_all_tickets_that_are_not_good() {
    on_replicas(async |deployment| {
        let users = [(); 4].map(|()| User::stranger());
        let [used, revoked, other, expired] = &users;
        let accepted = invite(deployment, &used.email);
        accept(&Agent::new(deployment), &accepted, used).await;
        let ended = invite(deployment, &revoked.email);
        let revoke = ["invitation", "revoke", ACME, ended.id()];
        deployment.command(&revoke, "").assert_success();
        let of_team1 = invite(deployment, &other.email);
        let short = deployment.invite(ACME, &expired.email, "team1", &["--no-mail", "--ttl", "1"]);
        until_expired(deployment, short.id()).await;

        let of_team2 = of_client("team2", "https://team2.example.test/cb", "id_token");
        let elsewhere = forwarded(&of_team1.url(), &of_team2);
        let requests: [Request; 4] = [
            with_ticket(&accepted),
            with_ticket(&ended),
            with_ticket(&short),
            elsewhere,
        ];
        for request in requests {
            let agent = Agent::new(deployment);
            for agent in [&agent, &at_second(deployment, &agent)] {
                assert_not_good(&agent.authorize(&request).await, &request);
            }
        }
        assert_good(deployment, &of_team1).await;
    })
    .await;
}

async fn until_expired(deployment: &Deployment, id: &str) {
    let begin = Instant::now();
    while deployment.invitation(ACME, id)["state"] != "expired" {
        assert!(begin.elapsed() < PATIENCE, "it never expires");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The invitation ends while its pages are open: what counts is the moment of the acceptance.
#[tokio::test]
async fn sec_123_the_record_is_checked_when_it_is_accepted() {
    on_replicas(async |deployment| {
        let user = User::stranger();
        let invitation = invite(deployment, &user.email);
        let agent = Agent::new(deployment);
        let page = to_sign_up(&agent, &invitation).await;
        let revoke = ["invitation", "revoke", ACME, invitation.id()];
        deployment.command(&revoke, "").assert_success();
        let form = page.form().with("password", &user.password);
        let page = agent.submit(&form).await;
        let answer = agent.follow(page).await;
        assert_not_good(&answer, &with_ticket(&invitation));
    })
    .await;
}

/// Browsers that look ahead and scanners of mails open links, and press no button.
#[tokio::test]
async fn sec_126_reading_spends_no_ticket() {
    on_replicas(async |deployment| {
        let user = User::stranger();
        let invitation = invite(deployment, &user.email);
        let request = with_ticket(&invitation);
        let query = invitation.url().query().unwrap().to_owned();
        for _ in 0..10 {
            let scanner = Agent::new(deployment);
            open(&scanner, &invitation).await;
            for method in [Method::GET, Method::HEAD] {
                let sent = scanner.request(method.clone(), "/authorize");
                scanner.send(sent.query(request.parameters())).await;
                let path = format!("/u/invitation/start?{query}");
                scanner.send(scanner.request(method, &path)).await;
            }
            for (name, value) in SPECULATIVE {
                let sent = scanner.request(Method::GET, "/authorize");
                let sent = sent.query(request.parameters()).header(name, value);
                scanner.send(sent).await;
            }
        }
        // A browser whose session could accept it also needs the button.
        assert_good(deployment, &invitation).await;
        accept(&Agent::new(deployment), &invitation, &user).await;
    })
    .await;
}

#[tokio::test]
async fn sec_131_an_invitation_is_managed_in_its_own_organization() {
    on_replicas(async |deployment| {
        let invitation = invite(deployment, &User::stranger().email);
        for action in ["show", "resend", "revoke"] {
            let command = ["invitation", action, BETA, invitation.id()];
            let refused = deployment.command(&command, "");
            assert!(!refused.success, "{refused:?}");
            assert!(!refused.stdout.contains("invitation="), "{refused:?}");
        }
        let listed = deployment.command(&["invitation", "list", BETA, "--json"], "");
        listed.assert_success();
        assert!(!listed.stdout.contains(invitation.id()), "{listed:?}");
        assert_good(deployment, &invitation).await;
    })
    .await;
}
