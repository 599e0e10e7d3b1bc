//! What it means that a text matches a query, and the tokens by which the index finds candidates.
//!
//! Both sides are folded: compatibility forms, case and diacritics do not count. The query's words, separated by white
//! space, must all occur. A word that starts with a letter or digit must occur at the start of a word ("conf" finds
//! "Confab", "fab" does not); scripts without spaces between words (Chinese, Japanese, Korean, Thai …) and symbols match
//! anywhere, from one character on.
//!
//! The index only has to hold every match: [`matches`] decides.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Longer words are indexed by their beginning.
const LONGEST_TOKEN: usize = 32;
/// No person types more; the rest of a longer query narrows nothing down, but still has to match.
const MOST_QUERY_TOKENS: usize = 32;

/// A text without what does not count.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
        return folded;
    }
    let bare = text.nfkd().filter(|&c| !is_ignored(c)).flat_map(char::to_lowercase).filter(|&c| !is_ignored(c));
    // Composing again keeps a Hangul syllable or a kana with its mark one character.
    for c in bare.nfc() {
        match c {
            'ß' => folded.push_str("ss"),
            'ς' => folded.push('σ'),
            other => folded.push(other),
        }
    }
    folded
}

/// Diacritics of Latin, Greek, Cyrillic, Hebrew and Arabic, variation selectors, and characters without width. The vowel
/// signs of Indic and other scripts are letters, not diacritics.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    /// Part of a word.
    Letter,
    /// Of a script that does not separate words by spaces.
    Dense,
    Symbol,
}

fn class(c: char) -> Class {
    if c.is_whitespace() || c.is_control() {
        return Class::Space;
    }
    let dense = matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3031}'..='\u{3035}' | '\u{3040}'..='\u{318f}'
        | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    if dense {
        Class::Dense
    } else if c.is_alphanumeric() || is_combining_mark(c) {
        Class::Letter
    } else {
        Class::Symbol
    }
}

/// Whether a text matches; `query` is folded, the text is not.
pub(crate) fn matches(text: &str, query: &str) -> bool {
    let text = fold(text);
    query.split(|c| class(c) == Class::Space).filter(|word| !word.is_empty()).all(|word| holds(&text, word))
}

/// Whether a folded word occurs where it may.
fn holds(text: &str, word: &str) -> bool {
    let starts_with_letter = word.chars().next().is_some_and(|c| class(c) == Class::Letter);
    // Every occurrence counts, also overlapping ones: `match_indices` would skip those.
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(word)) {
        let at = from + found;
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        if !starts_with_letter || before.is_none_or(|c| class(c) != Class::Letter) {
            return true;
        }
        from = at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    }
    false
}

/// A token as the index keeps it. SQLite's tokenizer `ascii` takes letters and digits of ASCII and everything beyond ASCII
/// as parts of a token, whatever Unicode it knows; other ASCII characters would separate tokens and get a place in
/// the private use area, where no text has anything to find.
fn push_encoded(token: &mut String, c: char) {
    let kept = if c.is_ascii() && !c.is_ascii_alphanumeric() { char::from_u32(0xe000 + u32::from(c)) } else { Some(c) };
    token.extend(kept);
}

fn encoded(chars: &[char]) -> String {
    let mut token = String::new();
    for &c in chars.iter().take(LONGEST_TOKEN) {
        push_encoded(&mut token, c);
    }
    token
}

/// A token that stands for a conversation, so that a search in one does not walk through the hits of all.
pub(crate) fn conversation_token(conversation: i64) -> String {
    // No word begins so: folding takes the accent away.
    format!("\u{e9}{conversation}")
}

/// The index entry of a text, tokens separated by spaces; `None` if there is nothing to find.
pub(crate) fn index_tokens(text: &str) -> Option<String> {
    let mut tokens = Tokens::default();
    tokens.read(&fold(text), |tokens, run, class, _| match class {
        Class::Space => {}
        Class::Letter => tokens.push(&encoded(run)),
        Class::Dense => {
            for (index, &c) in run.iter().enumerate() {
                tokens.push(&encoded(&[c]));
                if let Some(&next) = run.get(index + 1) {
                    tokens.push(&encoded(&[c, next]));
                }
            }
        }
        Class::Symbol => run.iter().for_each(|&c| tokens.push(&encoded(&[c]))),
    });
    (!tokens.0.is_empty()).then_some(tokens.0)
}

/// The index query for a folded query; `None` if it has no words.
pub(crate) fn match_expression(query: &str) -> Option<String> {
    let mut tokens = Tokens::default();
    let mut count = 0;
    tokens.read(query, |tokens, run, class, ends_word| {
        if count >= MOST_QUERY_TOKENS {
            return;
        }
        match class {
            Class::Space => return,
            // Only the end of a word may be cut short: "foo-ba" holds the whole word "foo".
            Class::Letter => tokens.push(&format!("\"{}\"{}", encoded(run), if ends_word { "*" } else { "" })),
            Class::Dense if run.len() == 1 => tokens.push(&format!("\"{}\"", encoded(run))),
            Class::Dense => {
                run.windows(2).take(MOST_QUERY_TOKENS).for_each(|pair| tokens.push(&format!("\"{}\"", encoded(pair))))
            }
            Class::Symbol => {
                run.iter().take(MOST_QUERY_TOKENS).for_each(|&c| tokens.push(&format!("\"{}\"", encoded(&[c]))))
            }
        }
        count += if class == Class::Letter { 1 } else { run.len() };
    });
    (!tokens.0.is_empty()).then_some(tokens.0)
}

/// Tokens joined by spaces (which FTS5 reads as "and").
#[derive(Default)]
struct Tokens(String);

impl Tokens {
    fn push(&mut self, token: &str) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(token);
    }

    /// Calls `visit` with each run of characters of one class, and whether a space or the end follows it.
    fn read(&mut self, folded: &str, mut visit: impl FnMut(&mut Self, &[char], Class, bool)) {
        let chars: Vec<char> = folded.chars().collect();
        let mut rest = chars.as_slice();
        while let Some(&first) = rest.first() {
            let kind = class(first);
            let length = rest.iter().take_while(|&&c| class(c) == kind).count();
            let (run, tail) = rest.split_at(length);
            visit(self, run, kind, tail.first().is_none_or(|&c| class(c) == Class::Space));
            rest = tail;
        }
    }
}
