use std::time::Duration;

use super::*;

const CALM: Duration = Duration::ZERO;

fn client(name: &str) -> Parties {
    [Some(Party::client(name)), None]
}

fn of(client: &str, organization: &str) -> Parties {
    let organization = Party::organization(client, organization);
    [Some(Party::client(client)), Some(organization)]
}

/// Begins requests until one is refused.
fn fill(workload: &Arc<Workload>, priority: Priority, parties: Parties) -> Vec<Work> {
    std::iter::from_fn(|| workload.begin(priority, parties).ok()).collect()
}

#[test]
fn rel_39_what_can_wait_is_refused_first() {
    let workload = Workload::new(16);
    // Each comes from an address of its own.
    let mut addresses = 0_u8..;
    let mut begin = |priority| {
        let ip = [192, 0, 2, addresses.next().unwrap()].into();
        workload.begin(priority, [Some(Party::address(ip)), None])
    };
    let mut works = Vec::new();
    for (priority, room) in [
        (Priority::Deferrable, 8),
        (Priority::Interactive, 12),
        (Priority::Silent, 16),
    ] {
        while let Ok(work) = begin(priority) {
            works.push(work);
        }
        assert_eq!(works.len(), room, "{priority:?}");
    }
    works.pop();
    assert!(begin(Priority::Interactive).is_err());
    assert!(begin(Priority::Silent).is_ok());
}

#[test]
fn rel_40_pages_that_wait_leave_room_for_silent_requests() {
    let workload = Workload::new(64);
    let mut waiting = fill(&workload, Priority::Interactive, client("app"));
    assert_eq!(waiting.len(), 32);
    // A password that is not checked is no reason to refuse anything else.
    waiting.pop().unwrap().end(true);
    workload.adjust(CALM);
    assert_eq!(workload.state().limit.requests(), 64);
    // The process runs late, and the limit falls below what is in work.
    for _ in 0..10 {
        workload.adjust(Duration::from_secs(1));
    }
    assert_eq!(workload.state().limit.requests(), 16);
    let silent = fill(&workload, Priority::Silent, client("other"));
    assert_eq!(silent.len(), 4);
    assert!(workload.begin(Priority::Silent, client("app")).is_err());
}

#[test]
fn rel_41_who_has_most_is_refused_first() {
    let workload = Workload::new(16);
    let noisy = fill(&workload, Priority::Silent, client("noisy"));
    assert_eq!(noisy.len(), 12);
    let others = fill(&workload, Priority::Silent, client("other"));
    assert_eq!(others.len(), 4);
    drop(noisy);
    // Now the other application may have more, and then it has most.
    assert_eq!(fill(&workload, Priority::Silent, client("other")).len(), 8);
}

#[test]
fn rel_41_an_organization_does_not_fill_its_application() {
    let workload = Workload::new(16);
    let noisy = fill(&workload, Priority::Silent, of("app", "noisy"));
    assert_eq!(noisy.len(), 8);
    let others = fill(&workload, Priority::Silent, of("app", "other"));
    assert_eq!(others.len(), 4);
    assert_eq!(fill(&workload, Priority::Silent, client("else")).len(), 4);
    // Organizations that are made up do not help: they are all of one application.
    let workload = Workload::new(16);
    let made_up = (0..16).map(|name| of("app", &name.to_string()));
    let works = made_up.map(|parties| workload.begin(Priority::Silent, parties));
    let works: Vec<_> = works.collect();
    assert_eq!(works.iter().filter(|work| work.is_ok()).count(), 12);
}

#[test]
fn the_limit_follows_the_answers() {
    let workload = Workload::new(64);
    for _ in 0..20 {
        let work = workload.begin(Priority::Silent, client("app")).unwrap();
        work.end(true);
        workload.adjust(CALM);
    }
    assert_eq!(fill(&workload, Priority::Silent, client("app")).len(), 12);
    for _ in 0..40 {
        let work = workload.begin(Priority::Silent, client("app")).unwrap();
        work.end(false);
        workload.adjust(CALM);
    }
    assert_eq!(fill(&workload, Priority::Silent, client("app")).len(), 48);
}

#[test]
fn a_request_that_is_given_up_makes_room() {
    let workload = Workload::new(16);
    let work = workload.begin(Priority::Silent, client("app")).unwrap();
    assert_eq!(workload.state().in_work, 1);
    drop(work);
    let state = workload.state();
    assert_eq!((state.in_work, state.window.ended), (0, 0));
}

#[tokio::test]
async fn an_idle_process_is_not_measured() {
    assert_eq!(delay(false).await, Duration::ZERO);
    assert!(delay(true).await > Duration::ZERO);
}
