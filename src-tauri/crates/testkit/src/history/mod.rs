//! Histories as people have them: years of messages with friends and in groups, in English and Chinese, with answers, files,
//! places, reactions and edits. The same for the same [`Plan`], on every machine.
//!
//! Owns: who talks with whom, when, and what they say (`words`, `text`: all of it written for this purpose). In: a plan.
//! Out: [`Thing`]s in the order of their times. Does not: know a database or a protocol; who takes them makes messages of
//! them (`confab-store`'s example `history`).

mod text;
mod words;

use std::collections::VecDeque;

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};

pub use text::Language;
use text::{Writer, Zipf, pick};

/// Messages back that people still answer, react to or change.
const MEMORY: usize = 24;
/// Of the people who are written with.
const DOMAINS: [&str; 3] = ["chat.example.org", "example.cn", "mail.example.com"];
/// The share of groups among conversations: one of seven.
const GROUPS: usize = 7;
const YEAR_MS: i64 = 365 * 24 * 3_600_000;
/// Between two messages of one talk.
const NEXT_MS: std::ops::Range<i64> = 1_500..12_000;

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    /// All messages; edits and the like come on top.
    pub messages: u64,
    pub conversations: usize,
    /// Messages of the first conversation, which is with one person. The others share the rest by Zipf's law.
    pub largest: u64,
    /// Time of the last message, milliseconds since 1970.
    pub end_ms: i64,
    pub years: u32,
}

impl Plan {
    /// A million messages in 2,000 conversations over six years until November 2026, 100,000 of them in one.
    pub const MILLION: Self = Self {
        seed: 20_261_121,
        messages: 1_000_000,
        conversations: 2_000,
        largest: 100_000,
        end_ms: 1_793_500_000_000,
        years: 6,
    };

    /// The same in other numbers, with the proportions of a million.
    pub fn of(messages: u64, conversations: usize) -> Self {
        Self { messages, conversations, largest: (messages / 10).max(1), ..Self::MILLION }
    }
}

/// Somebody who writes. This account itself is nobody of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Bare address.
    pub jid: String,
    pub name: String,
}

/// Who is in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Circle {
    /// Number of the person.
    With(usize),
    /// Bare address and name of the group, numbers of the members beside this account.
    Group { jid: String, name: String, members: Vec<usize> },
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    pub circle: Circle,
    pub language: Language,
    /// Its last messages have not been read.
    pub is_unread: bool,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
pub enum Says {
    Text(String),
    /// Type, octets; width and height of pictures (else 0).
    File {
        name: String,
        media_type: String,
        size: u64,
        picture: (u32, u32),
        caption: String,
    },
    /// Milliseconds, and 0 to 255 in order.
    Voice {
        duration_ms: u32,
        loudness: Vec<u8>,
    },
    Place {
        latitude: f64,
        longitude: f64,
        address: String,
    },
}

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// From 0 on, in the order of their times.
    pub number: u64,
    /// Number of the conversation.
    pub chat: usize,
    /// Number of the person; `None`: this account.
    pub by: Option<usize>,
    pub at_ms: i64,
    pub says: Says,
    /// The message that is answered, and its beginning.
    pub answers: Option<(u64, String)>,
    /// This account has seen it.
    pub read: bool,
}

/// What happens to an earlier message, by number, of the same conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    pub number: u64,
    pub of: u64,
    pub chat: usize,
    /// `None`: this account.
    pub by: Option<usize>,
    pub at_ms: i64,
    pub does: Does,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    Edit(String),
    React(&'static str),
    Recall,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Thing {
    Said(Line),
    Amended(Amendment),
}

/// A message that people remember.
#[derive(Debug, Clone)]
struct Remembered {
    number: u64,
    by: Option<usize>,
    is_text: bool,
    beginning: String,
}

/// A history that comes one thing after the other.
#[derive(Debug)]
pub struct History {
    people: Vec<Person>,
    chats: Vec<Chat>,
    /// Conversations and how many messages they go on for, last first.
    talks: Vec<(usize, u32)>,
    /// Messages that are still to come in each conversation.
    left: Vec<u64>,
    memory: Vec<VecDeque<Remembered>>,
    random: StdRng,
    writer: Writer,
    now_ms: i64,
    /// Between two talks, on average.
    pause_ms: i64,
    /// Of the talk that goes on.
    current: Option<(usize, u32)>,
    next: u64,
    amended: Option<Amendment>,
    amendments: u64,
}

impl History {
    /// Decides who talks with whom; the messages come by iteration.
    pub fn new(plan: Plan) -> Self {
        let mut random = StdRng::seed_from_u64(plan.seed);
        let (people, chats) = circles(plan.conversations, &mut random);
        let left = sizes(&plan, chats.len());
        let mut talks = Vec::new();
        for (chat, &count) in left.iter().enumerate() {
            let mut rest = count;
            while rest > 0 {
                let length = random.random_range(1..=12_u64).min(rest);
                talks.push((chat, u32::try_from(length).unwrap_or(1)));
                rest -= length;
            }
        }
        talks.shuffle(&mut random);
        let span = i64::from(plan.years) * YEAR_MS;
        let count = i64::try_from(talks.len().max(1)).unwrap_or(i64::MAX);
        let talking =
            i64::try_from(plan.messages).unwrap_or(i64::MAX).saturating_mul((NEXT_MS.start + NEXT_MS.end) / 2);
        Self {
            pause_ms: (span.saturating_sub(talking) / count).max(2),
            now_ms: plan.end_ms - span,
            memory: vec![VecDeque::new(); chats.len()],
            people,
            chats,
            talks,
            left,
            random,
            writer: Writer::new(),
            current: None,
            next: 0,
            amended: None,
            amendments: 0,
        }
    }

    pub fn people(&self) -> &[Person] {
        &self.people
    }

    pub fn chats(&self) -> &[Chat] {
        &self.chats
    }

    fn say(&mut self, chat: usize) -> Option<Line> {
        let left = self.left.get_mut(chat)?;
        *left = left.saturating_sub(1);
        let is_last = *left < 3;
        let who = self.chats.get(chat)?;
        let (language, unread) = (who.language, who.is_unread && is_last);
        let by = author(&who.circle, unread, &mut self.random);
        let says = self.says(language);
        let memory = self.memory.get(chat)?;
        let answered = (self.random.random_range(0..100) < 4 && !memory.is_empty())
            .then(|| memory.get(self.random.random_range(0..memory.len())))
            .flatten();
        let answers = answered.map(|answered| (answered.number, answered.beginning.clone()));
        let line = Line { number: self.next, chat, by, at_ms: self.now_ms, says, answers, read: !unread };
        self.next += 1;
        self.remember(&line);
        self.amended = self.amend(chat);
        Some(line)
    }

    fn says(&mut self, language: Language) -> Says {
        let random = &mut self.random;
        match random.random_range(0..1_000) {
            0..25 => {
                let (width, height) = if random.random_bool(0.5) { (1_600, 1_200) } else { (1_080, 1_920) };
                let caption = if random.random_bool(0.2) { self.writer.text(language, random) } else { String::new() };
                Says::File {
                    name: format!("IMG_{:04}.jpg", random.random_range(0..10_000)),
                    media_type: "image/jpeg".into(),
                    size: random.random_range(80_000..4_000_000),
                    picture: (width, height),
                    caption,
                }
            }
            25..38 => {
                let number = random.random_range(0..words::FILES.len());
                let (stem, media_type) = words::FILES.get(number).copied().unwrap_or_default();
                Says::File {
                    name: format!("{stem}-{}.{}", random.random_range(1..500), ending(media_type)),
                    media_type: media_type.into(),
                    size: random.random_range(4_000..20_000_000),
                    picture: (0, 0),
                    caption: String::new(),
                }
            }
            38..50 => Says::Voice {
                duration_ms: random.random_range(1_000..60_000),
                loudness: (0..48).map(|_| random.random_range(0..=255)).collect(),
            },
            50..53 => Says::Place {
                latitude: f64::from(random.random_range(-600_000..700_000)) / 10_000.0,
                longitude: f64::from(random.random_range(-1_790_000..1_790_000)) / 10_000.0,
                address: self.writer.text(language, random).chars().take(60).collect(),
            },
            _ => Says::Text(self.writer.text(language, random)),
        }
    }

    fn remember(&mut self, line: &Line) {
        let (is_text, text) = match &line.says {
            Says::Text(text) => (true, text.as_str()),
            Says::File { name, .. } => (false, name.as_str()),
            Says::Voice { .. } => (false, ""),
            Says::Place { address, .. } => (false, address.as_str()),
        };
        let beginning = text.chars().take(80).collect();
        let Some(memory) = self.memory.get_mut(line.chat) else { return };
        if memory.len() == MEMORY {
            memory.pop_front();
        }
        memory.push_back(Remembered { number: line.number, by: line.by, is_text, beginning });
    }

    /// Sometimes something happens to one of the last messages.
    fn amend(&mut self, chat: usize) -> Option<Amendment> {
        let what = self.random.random_range(0..1_000);
        if what >= 45 {
            return None;
        }
        let memory = self.memory.get(chat)?;
        let of = memory.get(self.random.random_range(0..memory.len().max(1)))?.clone();
        let who = self.chats.get(chat)?;
        let language = who.language;
        let (by, does) = match what {
            0..12 if of.is_text => (of.by, Does::Edit(self.writer.text(language, &mut self.random))),
            12..14 => (of.by, Does::Recall),
            _ => {
                let by = author(&who.circle, false, &mut self.random);
                (by, Does::React(pick(&words::EMOJIS, &mut self.random)))
            }
        };
        if does == Does::Recall {
            self.memory.get_mut(chat)?.retain(|known| known.number != of.number);
        }
        self.amendments += 1;
        let number = self.amendments;
        Some(Amendment { number, of: of.number, chat, by, at_ms: self.now_ms + 900, does })
    }
}

impl Iterator for History {
    type Item = Thing;

    fn next(&mut self) -> Option<Thing> {
        if let Some(amendment) = self.amended.take() {
            return Some(Thing::Amended(amendment));
        }
        let (chat, left) = match self.current.take() {
            Some(current) => {
                self.now_ms += self.random.random_range(NEXT_MS);
                current
            }
            None => {
                let talk = self.talks.pop()?;
                self.now_ms += self.random.random_range(1..2 * self.pause_ms);
                talk
            }
        };
        if left > 1 {
            self.current = Some((chat, left - 1));
        }
        self.say(chat).map(Thing::Said)
    }
}

/// People and the conversations with them; the first is with one person.
fn circles(count: usize, random: &mut StdRng) -> (Vec<Person>, Vec<Chat>) {
    let mut people: Vec<Person> = Vec::new();
    let mut chats = Vec::new();
    for n in 0..count {
        let language = match random.random_range(0..20) {
            0..9 => Language::English,
            9..18 => Language::Chinese,
            _ => Language::Both,
        };
        let is_unread = random.random_range(0..100) < 3;
        let circle = if n % GROUPS == GROUPS - 1 && people.len() > 3 {
            let size = random.random_range(3..=people.len().min(40));
            let mut members: Vec<usize> = (0..size).map(|_| random.random_range(0..people.len())).collect();
            members.sort_unstable();
            members.dedup();
            let topic = if language == Language::Chinese {
                pick(&words::PLACES_ZH, random)
            } else {
                pick(&words::PLACES, random)
            };
            Circle::Group { jid: format!("group-{n}@rooms.example.org"), name: format!("{topic} {n}"), members }
        } else {
            people.push(person(people.len(), language, random));
            Circle::With(people.len() - 1)
        };
        chats.push(Chat { circle, language, is_unread });
    }
    (people, chats)
}

fn person(number: usize, language: Language, random: &mut StdRng) -> Person {
    let name = if language == Language::Chinese {
        format!("{}{}", pick(&words::NAMES_ZH, random), if number < 48 { "" } else { pick(&words::RARE_ZH, random) })
    } else {
        format!("{} {}", pick(&words::NAMES, random), pick(&words::NAMES, random))
    };
    let domain = DOMAINS.get(number % DOMAINS.len()).copied().unwrap_or_default();
    Person { jid: format!("person{number}@{domain}"), name }
}

/// How many messages each conversation has: at least one.
fn sizes(plan: &Plan, count: usize) -> Vec<u64> {
    let others = count.saturating_sub(1);
    let first = if others == 0 { plan.messages } else { plan.largest.min(plan.messages) };
    let rest = plan.messages - first;
    let weights: Vec<f64> = (0..others).map(|n| 1.0 / (n as f64 + 4.0)).collect();
    let all: f64 = weights.iter().sum();
    let least = u64::from(rest >= others as u64);
    let shared = (rest - least * others as u64) as f64;
    let mut sizes = vec![first];
    sizes.extend(weights.iter().map(|weight| least + (shared * weight / all) as u64));
    let missing = plan.messages.saturating_sub(sizes.iter().sum());
    if let Some(second) = sizes.get_mut(usize::from(others > 0)) {
        *second += missing;
    }
    sizes
}

/// Who writes next: this account half of the time with one person, seldom in groups.
fn author(circle: &Circle, only_others: bool, random: &mut StdRng) -> Option<usize> {
    match circle {
        Circle::With(person) => (only_others || random.random_bool(0.55)).then_some(*person),
        Circle::Group { members, .. } => {
            if !only_others && random.random_bool(0.12) {
                return None;
            }
            members.get(Zipf::new(members.len(), 1.0).pick(random)).copied()
        }
    }
}

fn ending(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        "application/zip" => "zip",
        other if other.ends_with("sheet") => "xlsx",
        other if other.ends_with("presentation") => "pptx",
        _ => "docx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_keeps_to_its_plan() {
        let plan = Plan::of(20_000, 60);
        let history = History::new(plan);
        let (people, chats) = (history.people().to_vec(), history.chats().to_vec());
        assert_eq!(chats.len(), 60);
        assert_eq!(chats[0].circle, Circle::With(0));
        let (mut lines, mut edits, mut reactions, mut recalls) = (Vec::new(), 0, 0, 0);
        let mut last = i64::MIN;
        for thing in history {
            match thing {
                Thing::Said(line) => {
                    assert!(line.at_ms > last, "in the order of time");
                    last = line.at_ms;
                    assert!(line.by.is_none_or(|by| by < people.len()));
                    lines.push(line);
                }
                Thing::Amended(amendment) => {
                    let of = &lines[usize::try_from(amendment.of).unwrap()];
                    assert_eq!(of.chat, amendment.chat);
                    match amendment.does {
                        Does::Edit(_) => edits += 1,
                        Does::React(_) => reactions += 1,
                        Does::Recall => recalls += 1,
                    }
                    assert!(matches!(amendment.does, Does::React(_)) || of.by == amendment.by);
                }
            }
        }
        assert_eq!(lines.len(), 20_000);
        assert_eq!(lines.iter().filter(|line| line.chat == 0).count(), 2_000);
        assert!((0..60).all(|chat| lines.iter().any(|line| line.chat == chat)), "nobody is silent");
        assert!(lines.iter().any(|line| !line.read) && lines.iter().any(|line| line.answers.is_some()));
        assert!(edits > 50 && reactions > 200 && recalls > 5, "{edits} {reactions} {recalls}");
        let years = (plan.end_ms - lines[0].at_ms) / YEAR_MS;
        assert!(years >= 5, "{years} years");
        let again: Vec<Thing> = History::new(plan).take(500).collect();
        let other: Vec<Thing> = History::new(Plan { seed: 1, ..plan }).take(500).collect();
        let first: Vec<Thing> = History::new(plan).take(500).collect();
        assert!(again == first && other != first, "by the seed alone");
    }
}
