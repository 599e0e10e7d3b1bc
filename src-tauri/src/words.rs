//! What the shell itself says outside of its pages, in the languages of the app. Notifications have theirs in
//! [`crate::notify`].

use confab_client::Language;

/// A language that the app has words in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    English,
    Simplified,
    Traditional,
}

/// Words of windows, menus and dialogs of the system.
#[derive(Debug)]
pub(crate) struct Words {
    /// The title of the window in which a call rings.
    pub(crate) incoming_call: &'static str,
    pub(crate) not_answering: &'static str,
    /// How many messages wait; `#` is the number.
    pub(crate) unread_one: &'static str,
    pub(crate) unread: &'static str,
    /// In the menu of the icon beside the clock.
    pub(crate) open: &'static str,
    pub(crate) quit: &'static str,
}

const ENGLISH: Words = Words {
    incoming_call: "Incoming call",
    not_answering: "Confab is running already, but it does not answer. End it or sign out of the computer, then start it again.",
    unread_one: "1 new message",
    unread: "# new messages",
    open: "Open Confab",
    quit: "Quit",
};

const SIMPLIFIED: Words = Words {
    incoming_call: "来电",
    not_answering: "Confab 已在运行，但没有响应。请结束它或注销电脑，然后重新启动。",
    unread_one: "1 条新消息",
    unread: "# 条新消息",
    open: "打开 Confab",
    quit: "退出",
};

const TRADITIONAL: Words = Words {
    incoming_call: "來電",
    not_answering: "Confab 已在執行，但沒有回應。請結束它或登出電腦，然後重新啟動。",
    unread_one: "1 則新訊息",
    unread: "# 則新訊息",
    open: "開啟 Confab",
    quit: "結束",
};

impl Tongue {
    /// The chosen language, or for "as the system" the one that `system` (a locale's tag) names best.
    pub(crate) fn of(language: Language, system: &str) -> Self {
        match language {
            Language::English => Self::English,
            Language::SimplifiedChinese => Self::Simplified,
            Language::TraditionalChinese => Self::Traditional,
            Language::System => {
                let tag = system.to_lowercase().replace('_', "-");
                let mut parts = tag.split(['-', '.', '@']);
                if parts.next() != Some("zh") {
                    Self::English
                } else if parts.any(|part| matches!(part, "tw" | "hk" | "mo" | "hant")) {
                    Self::Traditional
                } else {
                    Self::Simplified
                }
            }
        }
    }
}

/// The words in the chosen language.
pub(crate) fn words(language: Language) -> &'static Words {
    match Tongue::of(language, &sys_locale::get_locale().unwrap_or_default()) {
        Tongue::English => &ENGLISH,
        Tongue::Simplified => &SIMPLIFIED,
        Tongue::Traditional => &TRADITIONAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_names_its_language_in_many_ways() {
        for (system, tongue) in [
            ("", Tongue::English),
            ("C", Tongue::English),
            ("en_GB", Tongue::English),
            ("zh_CN.UTF-8", Tongue::Simplified),
            ("zh", Tongue::Simplified),
            ("zh_TW.UTF-8", Tongue::Traditional),
            ("zh-Hant-HK", Tongue::Traditional),
            ("zh-Hans-SG", Tongue::Simplified),
        ] {
            assert_eq!(Tongue::of(Language::System, system), tongue, "{system}");
            assert_eq!(Tongue::of(Language::English, system), Tongue::English);
        }
        assert_eq!(Tongue::of(Language::TraditionalChinese, "en"), Tongue::Traditional);
    }
}
