//! The operations, and how they are generated. An index counts modulo the sessions that were opened, so that operations
//! stay valid when others are left out.

use std::time::Duration;

use proptest::prelude::*;

use super::super::limits;
use crate::domain::Limits;

pub(super) const USERS: usize = 2;
/// Few values, so that their edges often meet. With the last one, the grace is one minute.
pub(super) const LIMITS: [Limits; 4] = [
    limits(200, 100),
    limits(300, 500),
    limits(1_000, 500),
    limits(50_000, 9_000),
];
pub(super) const DEVICES: [(&str, &str); 4] = [
    ("192.0.2.1", "Firefox"),
    ("192.0.2.1", "Chrome"),
    ("2001:db8::1", "Firefox"),
    ("", ""),
];
pub(super) const CLIENTS: [&str; 3] = ["", "shop", "forum"];
const MAX_OPERATIONS: usize = 60;

#[derive(Debug, Clone)]
pub(super) enum Operation {
    SignIn {
        user: usize,
        previous: Option<usize>,
        /// Signs in as a version of the user that is so many changes old.
        age: usize,
        limits: usize,
        is_persistent: bool,
        device: usize,
    },
    Use {
        session: usize,
        limits: usize,
        max_age: Option<u64>,
        client: usize,
        device: usize,
        /// Waits until the session reaches this instant, or one millisecond less.
        edge: Option<(Edge, bool)>,
    },
    End {
        session: usize,
    },
    List {
        user: usize,
        limits: usize,
    },
    Revoke {
        user: usize,
        selected: Selected,
    },
    /// A change at `identity`, which no store has seen yet.
    Change {
        user: usize,
        change: Change,
    },
    /// A change arrives that is so many changes old.
    Put {
        user: usize,
        age: usize,
    },
    Wait(Duration),
    /// The clock goes back, unless something has expired meanwhile.
    StepBack(Duration),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Selected {
    All,
    Only(usize),
    AllBut(usize),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    Profile,
    Password,
    Block,
    Unblock,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Edge {
    /// By the limits set at sign-in.
    Absolute,
    /// By the limits set at sign-in.
    Idle,
    /// Under the limits of the use.
    Lowered,
    /// Under the limits of the use.
    Grace,
    MaxAge,
}

/// `max_age` of some uses, and the wait that ends it.
pub(super) const MAX_AGE: u64 = 60;

pub(super) fn many() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(one(), 1..=MAX_OPERATIONS)
}

fn one() -> impl Strategy<Value = Operation> {
    prop_oneof![
        4 => sign_in(),
        8 => r#use(),
        1 => any_index().prop_map(|session| Operation::End { session }),
        1 => (0..USERS, 0..LIMITS.len()).prop_map(|(user, limits)| Operation::List { user, limits }),
        1 => (0..USERS, selected()).prop_map(|(user, selected)| Operation::Revoke { user, selected }),
        2 => (0..USERS, change()).prop_map(|(user, change)| Operation::Change { user, change }),
        2 => (0..USERS, 0..3_usize).prop_map(|(user, age)| Operation::Put { user, age }),
        2 => wait().prop_map(Operation::Wait),
        1 => wait().prop_map(Operation::StepBack),
    ]
}

fn sign_in() -> impl Strategy<Value = Operation> {
    let previous = prop::option::of(any_index());
    let age = 0..3_usize;
    let is_persistent = prop::bool::weighted(0.7);
    let (limits, device) = (0..LIMITS.len(), 0..DEVICES.len());
    (0..USERS, previous, age, limits, is_persistent, device).prop_map(
        |(user, previous, age, limits, is_persistent, device)| Operation::SignIn {
            user,
            previous,
            age,
            limits,
            is_persistent,
            device,
        },
    )
}

fn r#use() -> impl Strategy<Value = Operation> {
    let max_age = prop_oneof![6 => Just(None), 2 => Just(Some(MAX_AGE)), 1 => Just(Some(0)), 1 => Just(Some(u64::MAX))];
    let (limits, client, device) = (0..LIMITS.len(), 0..CLIENTS.len(), 0..DEVICES.len());
    let edge = prop::option::of((edge(), any::<bool>()));
    (any_index(), limits, max_age, client, device, edge).prop_map(
        |(session, limits, max_age, client, device, edge)| Operation::Use {
            session,
            limits,
            max_age,
            client,
            device,
            edge,
        },
    )
}

fn any_index() -> impl Strategy<Value = usize> {
    0..8_usize
}

fn selected() -> impl Strategy<Value = Selected> {
    prop_oneof![
        Just(Selected::All),
        any_index().prop_map(Selected::Only),
        any_index().prop_map(Selected::AllBut),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Profile),
        Just(Change::Password),
        Just(Change::Block),
        Just(Change::Unblock),
    ]
}

fn edge() -> impl Strategy<Value = Edge> {
    prop_oneof![
        Just(Edge::Absolute),
        Just(Edge::Idle),
        Just(Edge::Lowered),
        Just(Edge::Grace),
        Just(Edge::MaxAge),
    ]
}

fn wait() -> impl Strategy<Value = Duration> {
    let seconds = prop_oneof![Just(1_u64), Just(5), Just(50), Just(100), Just(700)];
    seconds.prop_map(Duration::from_secs)
}
