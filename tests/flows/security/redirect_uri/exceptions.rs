//! The two exceptions to exact comparison, loopback ports and placeholders, and cases that look similar.

use super::super::assertions::{assert_granted_at, assert_page_for, assert_refused};
use super::super::fixture::{
    ACME, BETA, member_of_acme, of_client, on_server, signed_in, signed_in_as,
};
use super::{assert_callbacks, assert_no_callbacks};

#[tokio::test]
async fn sec_018_the_loopback_port_of_a_native_client() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let any_port = [
            "http://127.0.0.1/cb",
            "http://127.0.0.1:49152/cb",
            "http://[::1]:49152/cb",
        ];
        assert_callbacks(&agent, "nat1", &any_port).await;
        let path_and_query_count = [
            "http://127.0.0.1:49152/other",
            "http://127.0.0.1:49152/cb/",
            "http://[::1]:49152/cb?x=1",
        ];
        assert_no_callbacks(&agent, "nat1", &path_and_query_count).await;
    })
    .await;
}

#[tokio::test]
async fn sec_019_the_loopback_port_of_a_web_client() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let registered = ["http://127.0.0.1:4000/cb", "http://[::1]:4000/cb"];
        assert_callbacks(&agent, "loop1", &registered).await;
        let others = ["http://127.0.0.1:49152/cb", "http://[::1]:49152/cb"];
        for client_id in ["loop1", "spa1"] {
            assert_no_callbacks(&agent, client_id, &others).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sec_020_the_loopback_query() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        assert_no_callbacks(&agent, "nat1", &["http://127.0.0.1:5000/cb?bar=foo"]).await;
    })
    .await;
}

#[tokio::test]
async fn sec_021_not_the_loopback_address() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let others = [
            "http://localhost:5000/cb",
            "http://127.0.0.2:5000/cb",
            "http://127.1:5000/cb",
            "http://user@127.0.0.1:5000/cb",
            "https://127.0.0.1:5000/cb",
        ];
        assert_no_callbacks(&agent, "nat1", &others).await;
    })
    .await;
}

#[tokio::test]
async fn sec_024_a_wildcard() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        assert_callbacks(&agent, "spa2", &["https://pr-7.preview.example.test/cb"]).await;
    })
    .await;
}

#[tokio::test]
async fn sec_025_a_wildcard_is_one_label() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        let others = [
            "https://a.b.preview.example.test/cb",
            "https://preview.example.test/cb",
            "https://.preview.example.test/cb",
            "https://evil.test#.preview.example.test/cb",
            "https://evil.test/x.preview.example.test/cb",
            "https://evil.test?.preview.example.test/cb",
            "https://user@pr-7.preview.example.test/cb",
            "https://%61.preview.example.test/cb",
            "https://*.preview.example.test/cb",
            // RFC 5891 §4.2.3.1: no label of a host.
            "https://-a.preview.example.test/cb",
            "https://a-.preview.example.test/cb",
            "https://a_b.preview.example.test/cb",
        ];
        assert_no_callbacks(&agent, "spa2", &others).await;
    })
    .await;
}

#[tokio::test]
async fn sec_026_the_name_of_the_organization() {
    on_server(async |deployment| {
        let agent = signed_in_as(deployment, &member_of_acme(deployment)).await;
        let own = "https://acme.tenant.example.test/cb";
        let others = "https://beta.tenant.example.test/cb";
        let request =
            |redirect_uri| of_client("spa3", redirect_uri, "token").with("prompt", "none");

        let page = agent
            .authorize(&request(own).with("organization", ACME))
            .await;
        assert_granted_at(&page, own);
        for refused in [
            request(others).with("organization", ACME),
            request(own).with("organization", BETA),
            request(own),
            request(others),
        ] {
            assert_page_for(&agent.authorize(&refused).await, &refused);
        }
        // The callback alone does not make the user a member.
        let not_a_member = request(others).with("organization", BETA);
        let page = agent.authorize(&not_a_member).await;
        assert_refused(&page, &not_a_member, "access_denied");
    })
    .await;
}

#[tokio::test]
async fn sec_027_a_host_in_other_letters() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        assert_callbacks(&agent, "idn1", &["https://xn--bcher-kva.test/cb"]).await;
        assert_no_callbacks(&agent, "idn1", &["https://bücher.test/cb"]).await;
    })
    .await;
}

#[tokio::test]
async fn sec_028_a_dot_is_a_dot() {
    on_server(async |deployment| {
        let agent = signed_in(deployment).await;
        assert_callbacks(&agent, "dots1", &["https://dots.example.test/c.b"]).await;
        let others = [
            "https://dots.example.test/cxb",
            "https://dotsxexample.test/c.b",
        ];
        assert_no_callbacks(&agent, "dots1", &others).await;
    })
    .await;
}
