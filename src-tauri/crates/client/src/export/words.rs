//! The few words of Confab's own in an exported page, in the languages of the app.

use super::notices::{self, Sentences};
use crate::Language;

pub(super) struct Words {
    /// BCP 47.
    pub(super) tag: &'static str,
    pub(super) recalled: &'static str,
    pub(super) encrypted: &'static str,
    pub(super) edited: &'static str,
    pub(super) forwarded: &'static str,
    pub(super) place: &'static str,
    pub(super) call: &'static str,
    pub(super) not_here: &'static str,
    pub(super) notices: Sentences,
}

const ENGLISH: Words = Words {
    tag: "en",
    recalled: "Message recalled",
    encrypted: "Encrypted message",
    edited: "edited",
    forwarded: "Forwarded from",
    place: "Place",
    call: "Call",
    not_here: "not on this device",
    notices: notices::ENGLISH,
};

const SIMPLIFIED: Words = Words {
    tag: "zh-Hans",
    recalled: "消息已撤回",
    encrypted: "加密消息",
    edited: "已编辑",
    forwarded: "转发自",
    place: "位置",
    call: "通话",
    not_here: "不在此设备上",
    notices: notices::SIMPLIFIED,
};

const TRADITIONAL: Words = Words {
    tag: "zh-Hant",
    recalled: "訊息已收回",
    encrypted: "加密訊息",
    edited: "已編輯",
    forwarded: "轉寄自",
    place: "位置",
    call: "通話",
    not_here: "不在此裝置上",
    notices: notices::TRADITIONAL,
};

pub(super) fn of(language: Language) -> &'static Words {
    match language {
        Language::SimplifiedChinese => &SIMPLIFIED,
        Language::TraditionalChinese => &TRADITIONAL,
        Language::English | Language::System => &ENGLISH,
    }
}
