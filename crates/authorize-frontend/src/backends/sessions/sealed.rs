//! The ticket of an invitation in a pending transaction. Who has a copy of the store must not be able to use it, so it
//! is encrypted by a key that is derived from the id of the transaction. The id is in the `state` of pages; the store
//! has only a hash of it.

use aws_lc_rs::hmac;
use doorward_oauth2_types::auth0;
use doorward_proto::session::v1::{Parameter, Transaction};
use doorward_service_kit::{KeyEncryptionKey, SealError};

/// Domain separation from other values that are derived from the id of a transaction.
const DERIVED: &str = "sealed parameter";

/// Encrypts the ticket in a transaction to keep.
pub(super) fn seal(mut transaction: Transaction) -> Result<Transaction, SealError> {
    let id = &transaction.transaction_id;
    for Parameter { name, value } in secrets(&mut transaction.parameters) {
        // mutant: tickets-of-transactions-in-clear (seal)
        *value = key(id).ok_or(SealError)?.seal(name, value.as_bytes())?;
    }
    Ok(transaction)
}

/// Decrypts the ticket in a transaction that was kept. `None` if that fails.
pub(super) fn open(mut transaction: Transaction) -> Option<Transaction> {
    let id = &transaction.transaction_id;
    for Parameter { name, value } in secrets(&mut transaction.parameters) {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        // mutant: tickets-of-transactions-in-clear (open)
        *value = key(id)?.open(name, value, text)?;
    }
    Some(transaction)
}

fn secrets(parameters: &mut [Parameter]) -> impl Iterator<Item = &mut Parameter> {
    let parameters = parameters.iter_mut();
    parameters.filter(|parameter| parameter.name == auth0::INVITATION)
}

fn key(transaction_id: &str) -> Option<KeyEncryptionKey> {
    let id = hmac::Key::new(hmac::HMAC_SHA256, transaction_id.as_bytes());
    KeyEncryptionKey::from_bytes(hmac::sign(&id, DERIVED.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction(id: &str) -> Transaction {
        let parameter = |(name, value): (&str, &str)| Parameter {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let sent = [
            ("state", "ticket é"),
            ("invitation", "ticket é"),
            ("invitation", ""),
        ];
        Transaction {
            transaction_id: id.to_owned(),
            parameters: sent.map(parameter).into(),
            ..Transaction::default()
        }
    }

    #[test]
    fn sec_119_only_the_ticket_is_sealed() {
        let sealed = seal(transaction("one")).unwrap();
        let [state, ticket, other] = sealed.parameters.as_slice() else {
            panic!("{sealed:?}");
        };
        assert_eq!(state.value, "ticket é");
        assert!(!ticket.value.contains("ticket") && !other.value.is_empty());
        assert_eq!(open(sealed), Some(transaction("one")));
    }

    #[test]
    fn what_cannot_be_opened_is_no_transaction() {
        assert_eq!(open(transaction("one")), None, "in the clear");
        let sealed = seal(transaction("one")).unwrap();
        let moved = Transaction {
            transaction_id: "other".to_owned(),
            ..sealed
        };
        assert_eq!(open(moved), None, "of another transaction");
    }
}
