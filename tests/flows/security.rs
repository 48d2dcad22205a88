//! Attacks that must fail, by their numbers, over real HTTPS. SEC-080…103 run against separate processes with two
//! replicas of `session` and of the frontend, and check at one what was done at the other. SEC-204…211 run against both
//! these and the embedded server, all others against the embedded server.
//!
//! `sec_012_…` is case SEC-012. A case with several parts has several tests. Most browsers here have a session, so a
//! request that is not refused yields a token at once. `assertions` has the outcomes: a page that contains no token and
//! leads nowhere (`assert_page`), an error at the callback and nothing else (`assert_refused`), and live or ended
//! sessions.
//!
//! # Absent
//!
//! The parts of cases that are not tested, because the feature does not exist yet. The feature brings its tests.
//!
//! | case | absent |
//! |---|---|
//! | SEC-030 | disabling and deleting applications: only unknown ones are tried |
//! | SEC-037 | the authorization code: no sign-in begins at `code1`, so one of `spa1` is tampered with |
//! | SEC-060 | users are named by their email, which cannot be markup |
//! | SEC-068 | `/oauth/token` |
//! | SEC-072 | a page for administration |
//! | SEC-080 | a million sessions: so many ids are made in `session/src/domain/token.rs`, and 2,000 sessions are opened here |
//! | SEC-083 | resetting a password |
//! | SEC-084 | deleting users |
//! | SEC-085 | limits of a tenant, which are minutes: the sessions here were opened with limits of a second |
//! | SEC-090 | a second factor; of other steps there are consent and confirmation |
//! | SEC-094 | a token of another issuer that our key has signed: nothing signs one |
//! | SEC-095 | a hint that has expired for longer than clocks may differ: the frontend's own tests have a clock to turn |
//! | SEC-101 | how long an answer takes: on a machine that does other things it says nothing |
//! | SEC-128 | scopes of an administrator: there is no Management API; services that are not the commands are tried |
//! | SEC-129, SEC-130 | a browser has no part in making a mail; the headers are sent to the pages around it |
//! | SEC-143 | mail that proves an address: until then, signing up shows that an address is in use; resetting a password |
//! | SEC-161 | tokens with such times: nothing signs one, and the frontend's own tests have a key that does |
//! | SEC-162 | logout tokens |
//! | SEC-163, SEC-164 | custom claims |
//! | SEC-165 | lifetimes that a request asks for: no parameter does |
//! | SEC-170 | how long other requests take: on a machine that does other things it says nothing |
//! | all | two replicas of all six services: there is no composed stack |
//!
//! # Defences
//!
//! The code that makes each case pass. Without it, the tests of that number fail: `make mutants` checks this. Paths are
//! below `crates/`; `types` is `oauth2-types/src`, `edge` is `authorize-frontend/src`.
//!
//! | case | defence | where |
//! |---|---|---|
//! | 001, 002, 004–006, 008–012, 014, 015, 017, 027, 028 | bytes are compared, and nothing is cleaned up before | `types/redirect_uri.rs` `matched_text` |
//! | 003 | nothing but the only registered callback stands in | `types/redirect_uri.rs` `only_registered` |
//! | 007, 047, 059 | the answer is appended, each name and value encoded on its own | `edge/http/response_mode/url.rs` |
//! | 013 | userinfo is part of the authority | `types/redirect_uri/raw_uri.rs` `same_authority` |
//! | 016 | the fragment is cut off first | `types/redirect_uri.rs` `match_redirect_uri` |
//! | 018, 020, 021 | only the port of a loopback IP address is free | `types/redirect_uri/loopback.rs` |
//! | 019 | and only for native clients | `types/redirect_uri.rs` `matched_text`, `MatchContext::native` |
//! | 022 | schemes that run code | `types/redirect_uri/registered.rs` `DANGEROUS_SCHEMES` |
//! | 023, 028 | where a placeholder may stand | `types/redirect_uri/host_pattern.rs` `HostPattern::find` |
//! | 024 | none for a strict third party | `client-registry/src/domain` |
//! | 025 | a wildcard is one label, and the whole is canonical | `types/redirect_uri/host_pattern.rs` `stands_for`, `raw_uri.rs` `canonical` |
//! | 026 | the name of the organization that the request is for | `edge/pipeline/bind_client.rs` `organization_name` |
//! | 029 | `bind_client` before `validate_request` | `edge/pipeline.rs` |
//! | 030 | one wording | `edge/pipeline/bind_client.rs` `find_client` |
//! | 031 | once | `edge/pipeline/bind_client.rs` `at_most_once` |
//! | 032 | all others once; a repeated `state` has no value | `edge/pipeline/parse_params.rs` `first_repeated`, `urlencoded.rs` `get` |
//! | 033 | no query beside a body | `edge/http/authorize.rs` `post` |
//! | 034, 035 | a set of known words | `types/response_type.rs` |
//! | 036 | the grant of the single client | `edge/pipeline/validate_request/grant_type.rs` |
//! | 037, 052 | the request is read from the store, never again from the browser | `edge/pipeline/transaction.rs` `Pending::parameters` |
//! | 038 | no token in a query | `types/response_type.rs` `allows` |
//! | 039 | known modes; web messages to registered origins | `types/response_mode.rs`, `edge/pipeline/bind_client.rs` `check_web_origin` |
//! | 040 | `none` alone | `types/prompt.rs` |
//! | 041, 042, 044, 045, 051 | one check for each | `edge/pipeline/validate_request/` `nonce.rs`, `unsupported.rs`, `audience.rs`, `freshness.rs`, `connection.rs` |
//! | 043, 114 | undefined scopes are dropped, and so is `offline_access` | `edge/pipeline/validate_request/scope.rs` |
//! | 046 | strict decoding | `edge/urlencoded.rs` `decode` |
//! | 048 | limits | `edge/http/guard.rs`, `http/body.rs`, `pipeline/parse_params.rs`, `http/sign_in.rs` `MAX_IDENTIFIER` |
//! | 049 | GET and POST, and no HEAD | `edge/http/router.rs` `only` |
//! | 050 | forms only | `edge/http/body.rs` `is_form` |
//! | 053, 055, 056, 060 | templates escape | askama, `.html` templates |
//! | 054 | no template shows what a query says | `edge/views/` |
//! | 057, 061 | `Content-Security-Policy` | `edge/http/html.rs` `Policy`, `edge/http/response_mode/form_post.rs` |
//! | 058 | no value ends the script | `edge/views/web_message.rs` `script_literal` |
//! | 060 | no `<` in the name of a client | `client-registry/src/domain/rule.rs` `name` |
//! | 062 | type and `nosniff` | `edge/http/errors.rs` `json_error`, `userinfo.rs`, `discovery.rs` |
//! | 063, 064 | `frame-ancestors`, `X-Frame-Options` | `edge/http/html.rs` `Framing` |
//! | 065, 066 | `no-store`, `no-referrer` | `edge/http/html.rs` `html`, `http/redirect.rs`, `http/response_mode/url.rs` |
//! | 067, 068 | no CORS for pages; for claims the origins of the token's client | `edge/http/router.rs`, `edge/http/cors.rs`, `userinfo.rs` `client_origin` |
//! | 069 | 303 | `edge/http/redirect.rs` `see_other` |
//! | 070 | HSTS; plain HTTP is refused | `edge/http/guard.rs`, `edge/http/peer.rs` `came_by_plain_http`, TLS itself |
//! | 071 | `Sec-Fetch-Dest` | `edge/http/fetch_metadata.rs` |
//! | 072 | isolated, unless part of a sign-in | `edge/http/html.rs` `Policy::isolated` |
//! | 073, 074 | a value that only the browser's cookie can make | `edge/http/form.rs` `check_csrf`, `csrf_key` |
//! | 075 | a transaction is found with the browser's cookie only | `edge/pipeline/transaction.rs` `Pending::find`, `session/src/grpc.rs` `find_transaction` |
//! | 076, 077 | every sign-in makes a token of its own and ends the one before | `session/src/domain`, `edge/http/sign_in.rs` `previous_session_token` |
//! | 078, 079 | attributes | `edge/http/cookies.rs` `session_cookie`, `browser_cookie` |
//! | 080 | 192 random bits; only hashes are stored | `session/src/domain/token.rs` `generate`, `hash` |
//! | 081 | the whole of a token counts, and anything else is absence | `session/src/domain/token.rs` `parse`, `hash`, `session/src/grpc.rs` `resolve_session` |
//! | 082 | the store is asked each time, and no replica remembers a session | `edge/backends/sessions.rs` `resolve`, `edge/http/logout.rs` `end_session` |
//! | 083, 084 | a change of the user ends the sessions from before it | `session/src/convert/session.rs` `user`, `session/src/domain/session.rs` `is_revoked_by` |
//! | 084 | a blocked user is refused wherever something would be given | `edge/pipeline/authenticate.rs`, `edge/http/sign_in.rs` `complete`, `edge/http/userinfo.rs` `answer` |
//! | 085 | both limits | `session/src/domain/session.rs` `is_live`, `session/src/store` |
//! | 086 | a session's token contains the hash of its user, and is named together with them | `session/src/domain/user.rs` `user_hash`, `session/src/convert/session.rs` `revocation`; `edge/http/sessions.rs` `revoke` |
//! | 087 | one cookie for all tabs; a sign-in rests in the store | `edge/pipeline/interact.rs` `begin` |
//! | 088 | a token's life is its API's | `edge/tokens/grant.rs` `access_token_lifetime_seconds` |
//! | 089, 090 | a page becomes an error | `edge/pipeline.rs` `to_issued`, `edge/pipeline/stop.rs` `without_a_page` |
//! | 090 | consent, confirmation | `edge/pipeline/obtain_consent.rs`, `edge/pipeline/confirm.rs` |
//! | 091–093 | every check of a sign-in is made again | `edge/pipeline/authenticate.rs` `check_membership`, `login_reason` |
//! | 094, 095 | a hint is verified, and its age does not count | `edge/tokens/verify.rs` `verify`, `edge/pipeline/validate_request/id_token_hint.rs` |
//! | 096, 097 | one target for success and error | `edge/http/response_mode/web_message.rs` |
//! | 098 | the origin is checked before anything is sent | `edge/pipeline/bind_client.rs` `check_web_origin` |
//! | 099 | accepting is an interaction | `edge/pipeline/validate_request/organization.rs` `refusal` |
//! | 100 | a use is seldom worth a write | `session/src/domain/session.rs` `used`, `session/src/store` |
//! | 101 | the session is looked up after the callback was checked | `edge/pipeline.rs` `authorize` |
//! | 102 | as sent; the left half of the hash | `edge/pipeline/issue.rs`, `edge/tokens/claims.rs`, `token-signing/src/domain/id_token.rs` `at_hash` |
//! | 103 | *cannot tell* is no absence | `edge/pipeline/authenticate.rs` `resolve_session`, `edge/error.rs` |
//! | 104 | `iss` | `edge/pipeline/bind_client.rs` `VerifiedRedirect::iss` |
//! | 105 | one host | `edge/http/guard.rs` `check_host`, `edge/issuer.rs` `is_host` |
//! | 115 | `aud`, `openid` | `edge/tokens/claims.rs`, `edge/http/userinfo.rs` `answer` |
//! | 118, 120, 123 | a ticket is found by its hash, with organization, application and time in the same statement | `organization/src/store/sql/invitations` |
//! | 119 | the hash, and the ticket sealed by a key elsewhere | `organization/src/domain/invitation`, `edge/backends/sessions/sealed.rs` |
//! | 121 | the address of the account is compared at the acceptance | `organization/src/store/sql/invitations/accept.rs`, `edge/pipeline/authenticate/invitee.rs` |
//! | 122 | the address is confirmed before the session is opened, which ends older ones | `identity/src/accounts.rs`, `edge/pipeline/admit.rs` |
//! | 124 | an acceptance has the id of its sign-in | `organization/src/store/sql/invitations` |
//! | 125 | one transaction spends the ticket and adds the member | `organization/src/store/sql/invitations` |
//! | 126 | only a form accepts | `edge/http/invitation.rs` `post` |
//! | 127 | forms have no say; the record has | `edge/http/invitation.rs` `accept` |
//! | 128, 132 | each method is for its callers only | `proto/doorward/organization/v1` |
//! | 129, 130 | links are made of settings | `doorward/src/commands/invitation/create.rs` `login_uri` |
//! | 131 | an invitation is found with its organization | `organization/src/store/sql/invitations` |
//! | 133 | no ticket, no membership; an address has one account | `edge/pipeline/admit.rs`, `identity/src/accounts.rs` `create` |
//! | 134, 135 | connections are those of the organization | `edge/pipeline/enter_organization.rs` |
//! | 136 | no control characters; one address | `organization/src/domain/invitation` |
//! | 137 | limits of an organization and of an address | `organization/src/limits.rs` |
//! | 138, 139 | the membership is looked up for each request | `edge/pipeline/enter_organization.rs`, `edge/pipeline/join_organization.rs` |
//! | 143 | signing up checks no password, and a repeat leads to where its transaction has led | `edge/http/signup.rs` `repeat` |
//! | 145–147 | attempts are reserved before the hash, and counted for each account and address | `session/src/domain/attempts` |
//! | 149 | a browser that has signed in has counts of its own | `session/src/domain/attempts/account.rs` `knows` |
//! | 150 | the right-most address that no trusted proxy has | `edge/http/peer.rs` |
//! | 154 | a list of common passwords | `identity/src/domain/common_passwords.rs` |
//! | 157, 158 | our algorithm, never the token's | `edge/tokens/verify.rs` `ALGORITHM`, `expected` |
//! | 159, 160 | of the header only `kid` is read, and compared with those of our keys | `edge/tokens/verify.rs` `read` |
//! | 161 | times are whole seconds, and `iat` and `exp` are there | `edge/tokens/verify.rs` `Genuine` |
//! | 162 | each kind has a claim that the other has not | `edge/tokens/verify.rs` `HintedSession`, `AccessTokenClaims` |
//! | 163 | one list of names, asked by the import, for a hook's answer, and before the signature | `types/custom_claims/name.rs`, `edge/pipeline/run_post_login_hook.rs` `readable`, `token-signing/src/domain/custom_claims.rs` |
//! | 164 | the size, before anything is signed | `edge/tokens/custom_claims.rs` `check_size` |
//! | 165 | one lifetime for both; a maximum in files and in calls | `edge/tokens/mint.rs` `complete`, `client-registry/src/domain`, `token-signing/src/domain/lifetime.rs` |
//! | 167 | the key that signs writes its own name | `token-signing/src/domain/signing_key.rs` `sign` |
//! | 168 | how long the next key has been published | `token-signing/src/domain/key_life.rs` `rotate` |
//! | 169 | replicas poll the store, and a revoked key is in no set; frontends have the keys by a stream | `token-signing/src/key_ring.rs`, `edge/backends/jwks.rs` |
//! | 170 | the keys are read at intervals, never for a token | `edge/backends/jwks.rs` `keys` |
//! | 171 | typed claims, and no field for anything else | `token-signing/src/convert.rs` |
//! | 172 | sealed in the store; redacted `Debug`; no core dumps | `token-signing/src/domain/signing_key.rs` `seal`, `service-kit/src/core_dumps.rs` |
//! | 186 | keys are made of hashes, and names are compared by the registry | `session/src/store/redis/keys.rs` |
//! | 190 | one `Host`, which is ours | `edge/http/guard.rs` `check_host` |
//! | 191 | values are escaped and cut where lines are written | `service-kit/src/telemetry/cut.rs` |
//! | 192 | secrets have types without `Debug`; no span holds what a request carries | `service-kit/src/trace/spans.rs` |
//! | 194 | routes, methods and calls that exist, and one label for all others | `edge/http/measurement.rs`, `service-kit/src/grpc/measurement.rs` |
//! | 195 | a line for each event | `edge/audit.rs` |
//! | 196 | sizes, before anything is read | `edge/http/guard.rs` `check_size`, `edge/http/body.rs` |
//! | 198 | a deadline of the whole request | `service-kit/src/connections/progress.rs` `due` |
//! | 199 | given-up requests are counted | `service-kit/src/connections/progress.rs` `MAX_ABANDONED` |
//! | 200 | limits of HTTP/2 | `service-kit/src/connections/http.rs` `builder` |
//! | 202 | a queue with an end | `identity/src/hashing.rs` |
//! | 201 | marks, and limits of an address and a browser | `session/src/store/redis/functions/budget.lua`, `session/src/store/sqlite/room.rs` |
//! | 204, 205 | bytes are compared; of `returnTo` all but query and fragment | `types/redirect_uri/logout_url.rs` |
//! | 206 | one list, by the application that is named | `edge/http/logout.rs` `target`, `edge/http/oidc_logout/request.rs` `find_target` |
//! | 207 | the hint must be about this session; a *yes* needs its value | `edge/http/oidc_logout/request.rs` `is_about`, `edge/http/oidc_logout.rs` `answer` |
//! | 208 | `Sec-Fetch-Dest` | `edge/http/fetch_metadata.rs` `check_page` |
//! | 209 | a logout needs no cookie but the session's | `edge/http/oidc_logout.rs` `Asked::show` |
//! | 210 | the record is removed before the answer | `edge/http/logout.rs` `end_session`, `session/src/store` |
//! | 211 | *cannot tell* is an error | `edge/http/logout.rs` `end_session`, `edge/backends.rs` |

mod answers;
mod assertions;
mod connections;
mod cookies;
mod exhaustion;
mod fixture;
mod flood;
mod framing;
mod guessing;
mod injection;
mod invitations;
mod keys;
mod logout;
mod metrics;
mod organizations;
mod output;
mod parameters;
mod questions;
mod redirect_uri;
mod rpc;
mod services;
mod sessions;
mod silent;
mod telemetry;
mod tokens;
