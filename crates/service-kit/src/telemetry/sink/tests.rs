use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;

/// A limit for what has to happen, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file or pipe of which each write ends as the test says; without a word of it, writes wait.
struct Output {
    outcomes: Receiver<Result<usize, ErrorKind>>,
    written: Sender<Vec<u8>>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A test that is over lets everything fail.
        let outcome = self.outcomes.recv().unwrap_or(Err(ErrorKind::BrokenPipe));
        let length = outcome.map_err(io::Error::from)?.min(bytes.len());
        let _ = self.written.send(bytes[..length].to_vec());
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Stand {
    sink: Sink,
    outcomes: Sender<Result<usize, ErrorKind>>,
    written: Receiver<Vec<u8>>,
}

impl Stand {
    fn new() -> Self {
        let (outcomes, to_come) = channel();
        let (sent, written) = channel();
        let output = Output {
            outcomes: to_come,
            written: sent,
        };
        let report = |sink: &Sink, lines| sink.push(format!("{lines} dropped\n").as_bytes());
        Self {
            sink: Sink::start(output, report).unwrap(),
            outcomes,
            written,
        }
    }

    fn allow(&self, outcome: Result<usize, ErrorKind>) {
        self.outcomes.send(outcome).unwrap();
    }

    /// Pushes a line and waits until it was written or dropped.
    fn log(&self, line: &str, outcomes: impl IntoIterator<Item = Result<usize, ErrorKind>>) {
        outcomes.into_iter().for_each(|outcome| self.allow(outcome));
        self.sink.push(line.as_bytes());
        self.sink.flush(PATIENCE);
    }

    fn written(&self) -> String {
        let written: Vec<_> = self.written.try_iter().flatten().collect();
        String::from_utf8(written).unwrap()
    }

    fn dropped(&self) -> u64 {
        self.sink.queue().dropped
    }
}

const ALL: Result<usize, ErrorKind> = Ok(usize::MAX);

#[test]
fn lines_are_written_before_a_flush_ends() {
    let stand = Stand::new();
    stand.log("one\n", [ALL]);
    stand.log("two\n", [Err(ErrorKind::Interrupted), Ok(1), ALL]);
    stand.log("three\n", [Err(ErrorKind::WouldBlock), ALL]);
    assert_eq!(stand.written(), "one\ntwo\nthree\n");
    assert_eq!(stand.dropped(), 0);
}

#[test]
fn what_cannot_be_written_is_dropped_and_told_once_it_can_be_again() {
    let stand = Stand::new();
    stand.log("one\n", [Err(ErrorKind::StorageFull)]);
    stand.log("two\n", [Err(ErrorKind::BrokenPipe)]);
    assert_eq!((stand.written(), stand.dropped()), (String::new(), 2));
    stand.log("three\n", [ALL, ALL]);
    stand.log("four\n", [ALL]);
    assert_eq!(stand.written(), "three\n2 dropped\nfour\n");
}

/// A disk that has become full keeps half a line; the next one does not begin in its middle.
#[test]
fn a_line_cut_short_is_ended_later() {
    let stand = Stand::new();
    stand.log("half a line\n", [Ok(4), Err(ErrorKind::StorageFull)]);
    stand.log("lost\n", [Err(ErrorKind::StorageFull)]);
    stand.log("whole\n", [ALL, ALL, ALL]);
    assert_eq!(stand.written(), "half\nwhole\n2 dropped\n");
}

/// REL-20, REL-21: a reader that stops reading delays no caller, and costs a limited amount of memory.
#[test]
fn nobody_waits_for_a_reader_that_stands_still() {
    const LINES: usize = 10_000;
    let stand = Stand::new();
    let line = format!("{}\n", "x".repeat(999));
    for _ in 0..LINES {
        stand.sink.push(line.as_bytes());
    }
    let queued = stand.sink.queue().lines.len();
    assert!(queued <= CAPACITY, "{queued}");
    let dropped = usize::try_from(stand.dropped()).unwrap();
    assert!(dropped >= LINES - 2 * CAPACITY / 1_000, "{dropped}");
    // The end of the process is not held up either.
    stand.sink.flush(Duration::from_millis(1));

    // What was on its way, what was queued, and the report.
    for _ in 0..3 {
        stand.allow(ALL);
    }
    stand.sink.flush(PATIENCE);
    let written = stand.written();
    assert!(written.ends_with(&format!("{dropped} dropped\n")));
    assert_eq!(written.lines().count(), LINES - dropped + 1);
}
