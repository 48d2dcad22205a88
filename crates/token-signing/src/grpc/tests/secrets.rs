//! SEC-172: private keys are in no answer, no error and no log. Their `Debug` is tested beside the types, their storage
//! beside the key ring.

use std::collections::HashSet;
use std::fmt::{Debug, Write};
use std::sync::{Mutex, PoisonError};

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use doorward_proto::token_signing::v1::{
    ListKeysRequest, ReplaceCurrentKeyRequest, RevokeKeyRequest, RotateKeysRequest,
    WatchJwksRequest,
};
use prost::Message;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::*;
use crate::domain::PublicHalf;

/// How many bytes in a row give a private key away.
const PART: usize = 16;

/// All that is secret of some keys: each row of bytes as it is, in hexadecimal digits, and in base64.
#[derive(Default)]
struct Secrets(HashSet<Vec<u8>>);

impl Secrets {
    /// Adds the keys that the store has now.
    async fn add_stored(&mut self, service: &TestService) {
        let path = service.data.path().join("keys.db");
        let store = crate::open(&DatabaseConfig::sqlite(&path)).await.unwrap();
        let key = KeyEncryptionKey::from_bytes(&[1; KeyEncryptionKey::LENGTH]).unwrap();
        let custody = crate::Custody::file(key);
        for stored in store.find_keys().await.unwrap().keys {
            let (Some(_), Some(certificate)) = (&stored.sealed, &stored.certificate) else {
                continue;
            };
            let pair = custody.decrypt(&stored).unwrap();
            let opened = pair.with_pkcs8(<[u8]>::to_vec).unwrap();
            match certificate.public_half() {
                PublicHalf::Rsa { n, .. } => {
                    self.add_rsa(&opened, &BASE64_URL_SAFE_NO_PAD.decode(n).unwrap());
                }
                // The private key is the first string of 32 bytes: an OCTET STRING.
                PublicHalf::P256 { .. } | PublicHalf::Ed25519 { .. } => {
                    let mut parts = opened.windows(2);
                    let place = parts.position(|part| part == [0x04, 0x20]).unwrap();
                    self.add(&opened[place + 2..][..32]);
                }
            }
        }
    }

    /// Adds what follows the public half in the PKCS#8 form.
    fn add_rsa(&mut self, pkcs8: &[u8], modulus: &[u8]) {
        let mut parts = pkcs8.windows(modulus.len());
        let place = parts.position(|part| part == modulus).unwrap();
        let exponent = 5;
        let private = &pkcs8[place + modulus.len() + exponent..];
        assert!(
            private.len() > 800,
            "exponent, primes, and what is made of them"
        );
        self.add(private);
    }

    /// Adds all forms of a text.
    fn add(&mut self, private: &[u8]) {
        let mut hex = String::new();
        for byte in private {
            write!(hex, "{byte:02x}").unwrap();
        }
        let mut forms = vec![private.to_vec(), hex.to_uppercase().into(), hex.into()];
        for offset in 0..3 {
            forms.push(BASE64_STANDARD.encode(&private[offset..]).into());
            forms.push(BASE64_URL_SAFE_NO_PAD.encode(&private[offset..]).into());
        }
        let parts = forms.iter().flat_map(|form| form.windows(PART));
        self.0.extend(parts.map(<[u8]>::to_vec));
    }

    fn are_in(&self, content: &[u8]) -> bool {
        content.windows(PART).any(|part| self.0.contains(part))
    }
}

/// All events of this thread, with all their fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn text(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(text, "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The answers as they are sent, and as a careless log line would print them.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Answers {
    fn add<T: Message + Debug>(&mut self, answer: Result<tonic::Response<T>, Status>) {
        match answer {
            Ok(answer) => {
                let answer = answer.into_inner();
                self.0.extend(answer.encode_to_vec());
                self.0.extend(format!("{answer:?}").into_bytes());
            }
            Err(status) => self.0.extend(format!("{status:?} {status}").into_bytes()),
        }
    }
}

#[tokio::test]
async fn no_answer_and_no_log_has_a_private_key() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let service = TestService::start_with(SigningAlg::ALL).await;
    let (mut client, mut keys) = (service.client.clone(), service.keys.clone());
    let (mut secrets, mut answers) = (Secrets::default(), Answers::default());
    secrets.add_stored(&service).await;

    let watched = client.watch_jwks(WatchJwksRequest {}).await.unwrap();
    let mut watched = watched.into_inner();
    let first = watched.message().await.unwrap().unwrap();
    let old = first.keys[0].kid.clone();
    answers.add(Ok(tonic::Response::new(first)));
    answers.add(client.get_jwks(GetJwksRequest {}).await);
    for alg in SigningAlg::ALL {
        let both = SignTokensRequest {
            access_token: Some(AccessToken::JwtAccessToken(wire::AccessTokenClaims {
                alg: alg.to_wire(),
                ..access_token()
            })),
            id_token: Some(wire::IdTokenClaims {
                alg: alg.to_wire(),
                ..id_token()
            }),
        };
        answers.add(client.sign_tokens(both).await);
    }
    answers.add(client.sign_tokens(SignTokensRequest::default()).await);
    answers.add(keys.rotate_keys(RotateKeysRequest::default()).await);
    service.clock.advance(Duration::from_hours(1));
    answers.add(keys.rotate_keys(RotateKeysRequest::default()).await);
    secrets.add_stored(&service).await;
    for kid in [old, "unknown".to_owned()] {
        answers.add(keys.revoke_key(RevokeKeyRequest { kid }).await);
    }
    for kid in [None, Some("unknown".to_owned())] {
        let alg = kid.is_none().then(|| SigningAlg::Rs256.to_wire());
        let request = ReplaceCurrentKeyRequest { kid, alg };
        answers.add(keys.replace_current_key(request).await);
    }
    secrets.add_stored(&service).await;
    answers.add(keys.list_keys(ListKeysRequest {}).await);
    let last = watched.message().await.unwrap().unwrap();
    answers.add(Ok(tonic::Response::new(last)));

    let log = log.text();
    assert!(log.contains("signing keys are rotated"), "{log}");
    assert!(!secrets.are_in(log.as_bytes()), "{log}");
    assert!(!secrets.are_in(&answers.0));
}

/// Without this, the test above might pass because it does not recognize a key.
#[test]
fn a_private_key_is_recognized() {
    let private: Vec<u8> = (0..=u8::MAX).cycle().skip(7).take(900).collect();
    let modulus = [0xaa; 256];
    let pkcs8 = [&modulus, &[2, 3, 1, 0, 1][..], &private].concat();
    let mut secrets = Secrets::default();
    secrets.add_rsa(&pkcs8, &modulus);
    for shown in [
        private[100..120].to_vec(),
        format!("{:02X?}", &private[100..120])
            .replace(['[', ']', ',', ' '], "")
            .into(),
        BASE64_STANDARD.encode(&private[101..200]).into(),
        BASE64_URL_SAFE_NO_PAD.encode(&private[102..200]).into(),
    ] {
        assert!(secrets.are_in(&[b"key: ", shown.as_slice()].concat()));
    }
    assert!(!secrets.are_in(&modulus));
}
