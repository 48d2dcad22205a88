//! Where log lines go: a bounded queue, and a thread that writes it.
//!
//! Logging never waits and never fails. Lines that cannot be written, or are not read, are dropped and counted: a
//! log must not reach a request or the shutdown.

#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use metrics::counter;

use crate::metrics::LOG_LINES_DROPPED;

/// More bytes than this do not wait; as many may be on their way already.
const CAPACITY: usize = 1024 * 1024;
/// Until a full pipe in non-blocking mode is tried again.
const RETRY: Duration = Duration::from_millis(10);

/// Takes lines, each with its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Sink {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    lines: Vec<u8>,
    is_being_written: bool,
    /// Lines lost since the start.
    dropped: u64,
}

impl Sink {
    /// Starts the thread that writes to `output`. It calls `report` with the number of lines that were dropped, once a
    /// line could be written again.
    pub(super) fn start(
        output: impl Write + Send + 'static,
        report: impl Fn(&Self, u64) + Send + 'static,
    ) -> io::Result<Self> {
        let sink = Self::default();
        let writer = Writer {
            sink: sink.clone(),
            output,
            is_mid_line: false,
        };
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.run(report))?;
        Ok(sink)
    }

    /// Queues a line, or drops it when there is no room.
    pub(super) fn push(&self, line: &[u8]) {
        let mut queue = self.queue();
        if queue.lines.len() + line.len() > CAPACITY {
            drop(queue);
            return self.count_dropped(1);
        }
        let was_empty = queue.lines.is_empty();
        queue.lines.extend_from_slice(line);
        drop(queue);
        if was_empty {
            self.shared.changed.notify_all();
        }
    }

    /// Waits until everything is written or dropped, for `patience` at most.
    pub(super) fn flush(&self, patience: Duration) {
        let is_busy = |queue: &mut Queue| queue.is_being_written || !queue.lines.is_empty();
        let changed = &self.shared.changed;
        drop(changed.wait_timeout_while(self.queue(), patience, is_busy));
    }

    fn count_dropped(&self, lines: u64) {
        let dropped = {
            let mut queue = self.queue();
            queue.dropped += lines;
            queue.dropped
        };
        counter!(LOG_LINES_DROPPED).absolute(dropped);
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.shared
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for lines; what was taken before is done with.
    fn take(&self) -> Vec<u8> {
        let mut queue = self.queue();
        queue.is_being_written = false;
        self.shared.changed.notify_all();
        let changed = &self.shared.changed;
        let queue = changed.wait_while(queue, |queue| queue.lines.is_empty());
        let mut queue = queue.unwrap_or_else(PoisonError::into_inner);
        queue.is_being_written = true;
        std::mem::take(&mut queue.lines)
    }
}

/// Never fails: a line that is dropped is no affair of its author's.
impl Write for Sink {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Writer<W> {
    sink: Sink,
    output: W,
    /// The last line was cut short by a failure.
    is_mid_line: bool,
}

impl<W: Write> Writer<W> {
    /// Writes for as long as the process lives.
    fn run(mut self, report: impl Fn(&Sink, u64)) {
        let mut reported = 0;
        loop {
            let lines = self.sink.take();
            let written = self.write(&lines);
            let lost = lines[written..]
                .split_inclusive(|byte| *byte == b'\n')
                .count();
            if lost > 0 {
                self.sink.count_dropped(lost as u64);
                continue;
            }
            let dropped = self.sink.queue().dropped;
            if dropped > reported {
                report(&self.sink, dropped - reported);
                reported = dropped;
            }
        }
    }

    /// Writes lines, and returns how many bytes arrived.
    fn write(&mut self, lines: &[u8]) -> usize {
        if self.is_mid_line && self.write_bytes(b"\n") == 0 {
            return 0;
        }
        let written = self.write_bytes(lines);
        self.is_mid_line = lines[..written].last().is_some_and(|byte| *byte != b'\n');
        written
    }

    fn write_bytes(&mut self, bytes: &[u8]) -> usize {
        let mut written = 0;
        while written < bytes.len() {
            match self.output.write(&bytes[written..]) {
                Ok(0) => break,
                Ok(more) => written += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(RETRY),
                Err(_) => break,
            }
        }
        written
    }
}
