//! How many requests may be in work.

use std::time::Duration;

/// The smallest limit, in which each priority has room for some requests.
pub(crate) const MIN_REQUESTS: usize = 16;
/// A process whose tasks run later than this has too much to do, and so has `token-signing` when signatures, which take
/// a millisecond, take longer than this: they wait for their turns.
const LATE: Duration = Duration::from_millis(20);
/// The part of the silent requests in a window that may fail before the limit falls: one in this many.
const FAILING: u32 = 10;

/// The limit of requests in work. It falls by a fifth in each window in which the process or `token-signing` is late,
/// or a tenth of the silent requests fail, and rises by a twentieth otherwise. It never falls below a quarter of the
/// maximum: a machine that is busy with something else still serves.
#[derive(Debug)]
pub(super) struct Limit {
    now: usize,
    max: usize,
}

/// The requests since the limit was last adjusted.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The most requests in work.
    pub(super) peak: usize,
    /// Silent requests that ended, and those of them that a service could not answer.
    pub(super) ended: u32,
    pub(super) failed: u32,
    /// Calls of `token-signing`, and their time together.
    pub(super) signings: u32,
    pub(super) signing: Duration,
}

impl Limit {
    pub(super) fn new(max: usize) -> Self {
        let max = max.max(MIN_REQUESTS);
        Self { now: max, max }
    }

    /// So many quarters of the limit.
    pub(super) fn quarters(&self, quarters: usize) -> usize {
        self.now * quarters / 4
    }

    /// The limit, as a value of a metric.
    pub(super) fn requests(&self) -> u32 {
        u32::try_from(self.now).unwrap_or(u32::MAX)
    }

    /// Whether so many requests in work may be too many.
    pub(super) fn is_near(&self, in_work: usize) -> bool {
        in_work > self.least() / 4
    }

    pub(super) fn adjust(&mut self, window: &Window, delay: Duration) {
        let signing = window.signing.checked_div(window.signings);
        let is_late = delay > LATE || signing.is_some_and(|mean| mean > LATE);
        let fails = window.failed > 0 && window.failed >= window.ended / FAILING;
        self.now = if is_late || fails {
            // A limit that was not reached has not been too low.
            (self.now.min(window.peak) * 4 / 5).max(self.least())
        } else {
            (self.now + self.now / 20 + 1).min(self.max)
        };
    }

    fn least(&self) -> usize {
        (self.max / 4).max(MIN_REQUESTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN_TIME: Duration = Duration::from_millis(2);
    const TOO_LATE: Duration = Duration::from_millis(21);

    fn busy(peak: usize, failed: u32) -> Window {
        Window {
            peak,
            ended: 100,
            failed,
            signings: 100,
            signing: 100 * IN_TIME,
        }
    }

    #[test]
    fn it_falls_while_late_or_failing_and_rises_otherwise() {
        let mut limit = Limit::new(400);
        limit.adjust(&busy(400, 0), TOO_LATE);
        assert_eq!(limit.now, 320);
        limit.adjust(&busy(200, 10), IN_TIME);
        assert_eq!(limit.now, 160);
        limit.adjust(&busy(160, 9), IN_TIME);
        assert_eq!(limit.now, 169);
        for _ in 0..100 {
            limit.adjust(&Window::default(), IN_TIME);
        }
        assert_eq!(limit.now, 400);
    }

    #[test]
    fn it_falls_while_signatures_wait() {
        let mut limit = Limit::new(400);
        let slow = Window {
            signing: 100 * TOO_LATE,
            ..busy(400, 0)
        };
        limit.adjust(&slow, IN_TIME);
        assert_eq!(limit.now, 320);
    }

    #[test]
    fn it_keeps_a_quarter() {
        let mut limit = Limit::new(400);
        for _ in 0..10 {
            limit.adjust(&Window::default(), TOO_LATE);
        }
        assert_eq!(limit.now, 100);
        assert_eq!(limit.quarters(3), 75);
        let mut smallest = Limit::new(1);
        smallest.adjust(&Window::default(), TOO_LATE);
        assert_eq!(smallest.quarters(1), 4);
    }

    #[test]
    fn only_a_busy_process_is_measured() {
        let limit = Limit::new(400);
        assert!(!limit.is_near(25));
        assert!(limit.is_near(26));
    }
}
