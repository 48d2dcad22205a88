//! `doorward keys` with several algorithms.

use std::time::Instant;

use doorward_e2e::{Outcome, PATIENCE};

use super::*;

/// State and algorithm of each key in the list.
fn list(deployment: &Deployment) -> Vec<String> {
    let outcome = keys(deployment, &["list", "--json"]);
    let keys = outcome.json();
    let lines = keys.as_array().unwrap().iter().map(|key| {
        let states = ["current", "next", "previous", "revoked"];
        let state = states.into_iter().find(|state| key[*state] == true);
        format!("{} {}", state.unwrap(), key["alg"].as_str().unwrap())
    });
    lines.collect()
}

fn keys(deployment: &Deployment, arguments: &[&str]) -> Outcome {
    let outcome = deployment.command(&[&["keys"], arguments].concat(), "");
    outcome.assert_success();
    outcome
}

#[tokio::test]
async fn each_algorithm_is_rotated_by_itself() {
    let embedded = Embedded::start_with_options(&tenant(), &["--signing-alg", "ES256"]).await;
    on(&Deployment::Embedded(embedded), async |deployment| {
        let begin = ["current RS256", "current ES256", "next RS256", "next ES256"];
        assert_eq!(list(deployment), begin);
        let text = keys(deployment, &["list"]).stdout;
        assert!(text.contains("  ES256  current since"), "{text}");

        // Forced, and not before each frontend publishes the next key.
        let rotate = ["keys", "rotate", "--alg", "ES256", "--force", "--json"];
        let rotated = loop {
            let outcome = deployment.command(&rotate, "");
            if outcome.success {
                break outcome.json();
            }
            assert!(
                outcome.stderr.contains("may not be published"),
                "{outcome:?}"
            );
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        };
        assert_eq!(rotated["current"]["alg"], "ES256");
        assert_eq!(rotated["next"]["alg"], "ES256");
        let after = [&begin[..], &["previous ES256"]].concat();
        assert_eq!(list(deployment), after);

        let ambiguous = deployment.command(&["keys", "emergency-rotate"], "");
        assert!(!ambiguous.success);
        for named in ["RS256, ES256", "name the key or the algorithm"] {
            assert!(ambiguous.stderr.contains(named), "{ambiguous:?}");
        }
        let compromised = rotated["current"]["kid"].as_str().unwrap();
        let replaced = keys(deployment, &["emergency-rotate", compromised, "--json"]).json();
        assert_eq!(replaced["revoked"]["kid"], compromised);
        assert_eq!(replaced["current"]["kid"], rotated["next"]["kid"]);
        let replaced = keys(
            deployment,
            &["emergency-rotate", "--alg", "RS256", "--json"],
        )
        .json();
        assert_eq!(replaced["revoked"]["alg"], "RS256");
        let off = deployment.command(&["keys", "rotate", "--alg", "EdDSA"], "");
        assert!(off.stderr.contains("not switched on"), "{off:?}");

        let (agent, _) = signed_in(deployment).await;
        let published = Keys::fetch(deployment).await;
        for alg in ["RS256", "ES256"] {
            let answer = agent.authorize(&silent(alg, "id_token")).await.callback();
            let claims = published.verify(answer.get("id_token"), &client(alg));
            assert_eq!(claims["aud"], client(alg));
        }

        let always = deployment.command(&["keys", "retire", "--alg", "RS256"], "");
        assert!(
            always.stderr.contains("cannot be switched off"),
            "{always:?}"
        );
        keys(deployment, &["retire", "--alg", "ES256"]);
        let begin = Instant::now();
        while agent
            .authorize(&silent("ES256", "id_token"))
            .await
            .callback()
            .find("error")
            .is_none()
        {
            assert!(begin.elapsed() < PATIENCE, "ES256 signs on");
        }
        let answer = agent
            .authorize(&silent("RS256", "id_token"))
            .await
            .callback();
        assert!(answer.find("id_token").is_some());
    })
    .await;
}
