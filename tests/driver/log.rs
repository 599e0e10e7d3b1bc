//! What an agent was asked and told, in order.

use std::{
    collections::{HashMap, VecDeque},
    fmt::Write as _,
    time::Instant,
};

use confab_model::{Event, EventEnvelope};
use serde_json::Value;

/// Lines of a log that a failure shows; the end is what matters.
const SHOWN: usize = 150;

#[derive(Debug)]
enum Entry {
    Asked(String),
    Answered(String),
    Told(usize),
    Noted(String),
}

/// One agent's log over all of its starts.
#[derive(Debug)]
pub(super) struct Log {
    began: Instant,
    entries: Vec<(u128, Entry)>,
    pub(super) events: Vec<Event>,
    /// Answers that nobody has fetched yet, by request id.
    pub(super) answers: HashMap<String, Value>,
    /// Error lines without a request id that nobody has fetched yet.
    pub(super) stray_errors: VecDeque<Value>,
    pub(super) is_ready: bool,
    pub(super) is_over: bool,
    last_seq: u32,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            entries: Vec::new(),
            events: Vec::new(),
            answers: HashMap::new(),
            stray_errors: VecDeque::new(),
            is_ready: false,
            is_over: false,
            last_seq: 0,
        }
    }

    fn push(&mut self, entry: Entry) {
        self.entries.push((self.began.elapsed().as_millis(), entry));
    }

    pub(super) fn asked(&mut self, line: &str) {
        self.push(Entry::Asked(line.to_owned()));
    }

    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.push(Entry::Noted(text.into()));
    }

    /// A new process begins: its numbers start again.
    pub(super) fn restarted(&mut self) {
        (self.is_ready, self.is_over, self.last_seq) = (false, false, 0);
        self.note("started");
    }

    /// Takes one line of output.
    ///
    /// # Panics
    /// It is none of the five kinds of lines, or events are missing before it.
    pub(super) fn line(&mut self, line: &str) {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("not JSON: {line}: {error}"));
        let (kind, content) = value.as_object().and_then(|object| object.iter().next()).expect("one kind of line");
        match kind.as_str() {
            "ready" => {
                self.note(format!("ready {content}"));
                self.is_ready = true;
            }
            "setAside" => self.note(format!("set aside {content}")),
            "event" => self.event(content),
            "result" | "error" => {
                self.push(Entry::Answered(line.to_owned()));
                match content["id"].as_str() {
                    Some(id) => drop(self.answers.insert(id.to_owned(), value.clone())),
                    None => self.stray_errors.push_back(content.clone()),
                }
            }
            other => panic!("a line of kind {other}: {line}"),
        }
    }

    fn event(&mut self, content: &Value) {
        let envelope: EventEnvelope = serde_json::from_value(content.clone())
            .unwrap_or_else(|error| panic!("not an event of the model: {content}: {error}"));
        // What happened before anybody listened is in the answer to `startup`.
        let follows = self.last_seq == 0 || envelope.seq == self.last_seq + 1;
        assert!(follows, "event {} after {}: some are missing", envelope.seq, self.last_seq);
        self.last_seq = envelope.seq;
        // Twenty of them a second would hide everything else.
        if !matches!(envelope.event, Event::AudioLevels { .. }) {
            self.push(Entry::Told(self.events.len()));
        }
        self.events.push(envelope.event);
    }

    pub(super) fn shown(&self) -> String {
        let mut text = String::new();
        let left_out = self.entries.len().saturating_sub(SHOWN);
        if left_out > 0 {
            let _ = writeln!(text, "  … {left_out} lines before");
        }
        for (at, entry) in &self.entries[left_out..] {
            let _ = match entry {
                Entry::Asked(line) => writeln!(text, "  {at:>6} ms → {line}"),
                Entry::Answered(line) => writeln!(text, "  {at:>6} ms ← {line}"),
                Entry::Told(index) => {
                    let event = serde_json::to_string(&self.events[*index]).unwrap_or_default();
                    writeln!(text, "  {at:>6} ms · {event}")
                }
                Entry::Noted(note) => writeln!(text, "  {at:>6} ms — {note}"),
            };
        }
        text
    }
}
