//! What Dino sends and receives, as `--print-xmpp` shows it.

use std::{fs, path::PathBuf, time::Duration};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How long a stanza may take before the test fails.
const LIMIT: Duration = Duration::from_secs(30);
/// Stanzas that a failure shows.
const SHOWN: usize = 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    In,
    Out,
}

/// One stanza, in Dino's own notation: `<{namespace}:name {namespace}:attribute='value'>`, on one line.
#[derive(Debug, Clone)]
pub struct Stanza {
    pub way: Way,
    pub text: String,
}

/// Dino's standard error, which has its stanzas between other lines.
#[derive(Debug)]
pub struct Stanzas {
    log: PathBuf,
}

impl Stanzas {
    pub fn new(log: PathBuf) -> Self {
        Self { log }
    }

    /// All so far. The last one may be incomplete.
    pub fn all(&self) -> Vec<Stanza> {
        parse(&fs::read_to_string(&self.log).unwrap_or_default())
    }

    /// A place in the stream: the end as of now.
    pub fn mark(&self) -> usize {
        self.all().len()
    }

    /// The first stanza after a mark that has all of these words.
    pub async fn since(&self, mark: usize, way: Way, words: &[&str]) -> Stanza {
        let found = async {
            loop {
                let all = self.all();
                let wanted =
                    |stanza: &&Stanza| stanza.way == way && words.iter().all(|word| stanza.text.contains(word));
                if let Some(stanza) = all.iter().skip(mark).find(wanted) {
                    return stanza.clone();
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        let what = || format!("Dino's stream has no {way:?} {words:?} after {mark}\n{}", self.report());
        tokio::time::timeout(LIMIT, found).await.unwrap_or_else(|_| panic!("{}", what()))
    }

    /// The last ones, for the report of a failure.
    pub fn report(&self) -> String {
        let all = self.all();
        let last = all.iter().skip(all.len().saturating_sub(SHOWN));
        last.map(|stanza| format!("{:?} {}\n", stanza.way, stanza.text)).collect()
    }
}

fn parse(log: &str) -> Vec<Stanza> {
    let mut stanzas: Vec<Stanza> = Vec::new();
    let mut is_inside = false;
    for line in log.lines() {
        let way = if line.starts_with("XMPP IN ") {
            Some(Way::In)
        } else if line.starts_with("XMPP OUT ") {
            Some(Way::Out)
        } else {
            None
        };
        if let Some(way) = way {
            stanzas.push(Stanza { way, text: String::new() });
            is_inside = true;
        } else if is_foreign(line) {
            is_inside = false;
        } else if is_inside && let Some(stanza) = stanzas.last_mut() {
            stanza.text.push_str(line.trim());
        }
    }
    stanzas
}

/// A line of GLib's log: "(dino-im:7): rtp-DEBUG: …", "** (process:7): …".
fn is_foreign(line: &str) -> bool {
    line.starts_with("(dino-im:") || line.starts_with("** ") || line.starts_with("(process:")
}
