//! Texts out of the patterns of [`words`](super::words).

use rand::Rng;
use rand::rngs::StdRng;

use super::words;

/// Words that are made of syllables; the rarest occurs once or twice in a million messages.
const RARE_WORDS: usize = 30_000;

/// In which language people of a conversation write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Chinese,
    /// Now this, now that.
    Both,
}

/// Numbers from 0 on, the first the most frequent: the n-th with weight `1 / (n + 1 + flat)`.
#[derive(Debug)]
pub(super) struct Zipf {
    sums: Vec<f64>,
}

impl Zipf {
    pub(super) fn new(count: usize, flat: f64) -> Self {
        let mut sum = 0.0;
        let sums = (0..count).map(|n| {
            sum += 1.0 / (n as f64 + 1.0 + flat);
            sum
        });
        Self { sums: sums.collect() }
    }

    pub(super) fn pick(&self, random: &mut StdRng) -> usize {
        let Some(&last) = self.sums.last() else { return 0 };
        let at = random.random_range(0.0..last);
        self.sums.partition_point(|&sum| sum <= at).min(self.sums.len() - 1)
    }

    fn of<'a>(&self, list: &[&'a str], random: &mut StdRng) -> &'a str {
        list.get(self.pick(random)).copied().unwrap_or_default()
    }
}

/// Makes texts.
#[derive(Debug)]
pub(super) struct Writer {
    sentences: [Zipf; 2],
    /// By length of the list.
    lists: Vec<(usize, Zipf)>,
    rare: Zipf,
}

impl Writer {
    pub(super) fn new() -> Self {
        let lists = [24, 32, 40, 48, 60].map(|count| (count, Zipf::new(count, 1.0)));
        Self {
            sentences: [Zipf::new(words::ENGLISH.len(), 4.0), Zipf::new(words::CHINESE.len(), 4.0)],
            lists: lists.into(),
            rare: Zipf::new(RARE_WORDS, 20.0),
        }
    }

    /// A message of one to four sentences; once in a while a long one, an address of a page, or nothing but an emoji.
    pub(super) fn text(&self, language: Language, random: &mut StdRng) -> String {
        let chinese = match language {
            Language::English => false,
            Language::Chinese => true,
            Language::Both => random.random_bool(0.5),
        };
        let kind = random.random_range(0..1_000);
        if kind < 15 {
            return pick(&words::EMOJIS, random).to_owned();
        }
        let sentences = match kind {
            15..=600 => 1,
            601..=880 => 2,
            881..=990 => random.random_range(3..=4),
            _ => random.random_range(8..=30),
        };
        let mut text = String::new();
        for n in 0..sentences {
            if n > 0 {
                text.push_str(if chinese { "，" } else { ". " });
            }
            self.sentence(&mut text, chinese, random);
        }
        match random.random_range(0..100) {
            0..6 => {
                text.push(' ');
                text.push_str(pick(&words::EMOJIS, random));
            }
            6..8 => {
                text.push_str(" https://");
                text.push_str(&self.rare_word(random));
                text.push_str(".example/");
                text.push_str(&random.random_range(100..100_000).to_string());
            }
            _ => {}
        }
        text
    }

    fn sentence(&self, text: &mut String, chinese: bool, random: &mut StdRng) {
        let (pattern, lists) = if chinese {
            let lists: [&[&str]; 5] =
                [&words::THINGS_ZH, &words::PLACES_ZH, &words::WHEN_ZH, &words::NAMES_ZH, &words::HOW_ZH];
            (self.sentences[1].of(&words::CHINESE, random), lists)
        } else {
            let lists: [&[&str]; 5] = [&words::THINGS, &words::PLACES, &words::WHEN, &words::NAMES, &words::HOW];
            (self.sentences[0].of(&words::ENGLISH, random), lists)
        };
        let mut parts = pattern.split(['{', '}']);
        text.push_str(parts.next().unwrap_or_default());
        while let (Some(place), Some(rest)) = (parts.next(), parts.next()) {
            let [things, places, when, names, how] = lists;
            match place {
                "t" => text.push_str(self.word(things, random)),
                "p" => text.push_str(self.word(places, random)),
                "w" => text.push_str(self.word(when, random)),
                "n" => text.push_str(self.word(names, random)),
                "a" => text.push_str(self.word(how, random)),
                "#" => text.push_str(&random.random_range(1..1_000).to_string()),
                _ if chinese => {
                    for _ in 0..2 {
                        text.push_str(self.word(&words::RARE_ZH, random));
                    }
                }
                _ => text.push_str(&self.rare_word(random)),
            }
            text.push_str(rest);
        }
    }

    fn word<'a>(&self, list: &[&'a str], random: &mut StdRng) -> &'a str {
        match self.lists.iter().find(|(count, _)| *count == list.len()) {
            Some((_, zipf)) => zipf.of(list, random),
            None => pick(list, random),
        }
    }

    /// The n-th word by syllables: different numbers, different words.
    fn rare_word(&self, random: &mut StdRng) -> String {
        let mut number = self.rare.pick(random);
        let mut word = String::new();
        for _ in 0..3 {
            word.push_str(words::SYLLABLES.get(number % words::SYLLABLES.len()).copied().unwrap_or_default());
            number /= words::SYLLABLES.len();
        }
        word
    }
}

pub(super) fn pick<'a>(list: &[&'a str], random: &mut StdRng) -> &'a str {
    list.get(random.random_range(0..list.len().max(1))).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn words_have_frequencies_as_in_life() {
        let writer = Writer::new();
        let mut random = StdRng::seed_from_u64(1);
        let mut counts: HashMap<String, u32> = HashMap::new();
        for _ in 0..20_000 {
            for word in writer.text(Language::English, &mut random).split(' ') {
                *counts.entry(word.to_owned()).or_default() += 1;
            }
        }
        let mut counts: Vec<u32> = counts.into_values().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let all: u32 = counts.iter().sum();
        assert!(counts[0] > all / 30, "the most frequent word: {} of {all}", counts[0]);
        let once = counts.iter().filter(|&&count| count == 1).count();
        assert!(once * 5 > counts.len(), "a large part of the words occurs once: {once} of {}", counts.len());
    }

    #[test]
    fn chinese_has_no_places_left() {
        let writer = Writer::new();
        let mut random = StdRng::seed_from_u64(2);
        for _ in 0..2_000 {
            let text = writer.text(Language::Both, &mut random);
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
        }
    }
}
