//! What happened in a group, as sentences of an exported page: in the words of the window (`notice.group.…` of its
//! languages). Pure.

use confab_model::{GroupNotice, GroupRole, Sender};

use super::{Names, html::escaped, unmarked, words::Words};

/// Sentences with places for names: `{who}`, `{by}`, `{name}`.
pub(super) struct Sentences {
    created: &'static str,
    joined: &'static str,
    left: &'static str,
    removed: &'static str,
    removed_plain: &'static str,
    banned: &'static str,
    banned_plain: &'static str,
    owner: &'static str,
    admin: &'static str,
    member: &'static str,
    guest: &'static str,
    renamed: &'static str,
    renamed_plain: &'static str,
    description: &'static str,
    description_plain: &'static str,
    picture: &'static str,
    picture_plain: &'static str,
    dissolved: &'static str,
    /// Between a sentence and its reason.
    reason: &'static str,
}

pub(super) const ENGLISH: Sentences = Sentences {
    created: "{by} created the group",
    joined: "{who} joined",
    left: "{who} left",
    removed: "{by} removed {who}",
    removed_plain: "{who} was removed",
    banned: "{by} banned {who}",
    banned_plain: "{who} was banned",
    owner: "{who} is now an owner",
    admin: "{who} is now an admin",
    member: "{who} is now a member",
    guest: "{who} is no longer a member",
    renamed: "{by} named the group “{name}”",
    renamed_plain: "The group is now called “{name}”",
    description: "{by} changed the description",
    description_plain: "The description was changed",
    picture: "{by} changed the picture",
    picture_plain: "The picture was changed",
    dissolved: "The group was dissolved",
    reason: ": ",
};

pub(super) const SIMPLIFIED: Sentences = Sentences {
    created: "{by} 创建了群组",
    joined: "{who} 加入了群组",
    left: "{who} 退出了群组",
    removed: "{by} 移出了 {who}",
    removed_plain: "{who} 被移出群组",
    banned: "{by} 封禁了 {who}",
    banned_plain: "{who} 被封禁",
    owner: "{who} 成为群主",
    admin: "{who} 成为管理员",
    member: "{who} 成为成员",
    guest: "{who} 不再是成员",
    renamed: "{by} 将群组改名为“{name}”",
    renamed_plain: "群组已改名为“{name}”",
    description: "{by} 修改了群组简介",
    description_plain: "群组简介已修改",
    picture: "{by} 更换了群组头像",
    picture_plain: "群组头像已更换",
    dissolved: "群组已解散",
    reason: "：",
};

pub(super) const TRADITIONAL: Sentences = Sentences {
    created: "{by} 建立了群組",
    joined: "{who} 加入了群組",
    left: "{who} 退出了群組",
    removed: "{by} 移除了 {who}",
    removed_plain: "{who} 已被移出群組",
    banned: "{by} 封鎖了 {who}",
    banned_plain: "{who} 已被封鎖",
    owner: "{who} 成為群主",
    admin: "{who} 成為管理員",
    member: "{who} 成為成員",
    guest: "{who} 不再是成員",
    renamed: "{by} 將群組改名為「{name}」",
    renamed_plain: "群組已改名為「{name}」",
    description: "{by} 修改了群組簡介",
    description_plain: "群組簡介已修改",
    picture: "{by} 更換了群組頭像",
    picture_plain: "群組頭像已更換",
    dissolved: "群組已解散",
    reason: "：",
};

/// One notice as markup: whatever somebody chose is text, and isolated.
pub(super) fn sentence(notice: &GroupNotice, names: &Names, words: &Words) -> String {
    let words = &words.notices;
    let name = |sender: &Sender| names.of(sender);
    let by = |by: &Option<Sender>, said: &str, plain: &str, rest: &[(&str, String)]| match by {
        Some(by) => filled(said, &[&[("by", name(by))], rest].concat()),
        None => filled(plain, rest),
    };
    let with_reason = |line: String, reason: &str| match unmarked(reason).trim() {
        "" => line,
        reason => line + words.reason + &isolated(reason),
    };
    match notice {
        GroupNotice::Created { by } => filled(words.created, &[("by", name(by))]),
        GroupNotice::Joined { who } => filled(words.joined, &[("who", name(who))]),
        GroupNotice::Left { who } => filled(words.left, &[("who", name(who))]),
        GroupNotice::Removed { who, by: actor, reason } => {
            with_reason(by(actor, words.removed, words.removed_plain, &[("who", name(who))]), reason)
        }
        GroupNotice::Banned { who, by: actor, reason } => {
            with_reason(by(actor, words.banned, words.banned_plain, &[("who", name(who))]), reason)
        }
        GroupNotice::RoleChanged { who, role } => {
            let said = match role {
                GroupRole::Owner => words.owner,
                GroupRole::Admin => words.admin,
                GroupRole::Member => words.member,
                GroupRole::Guest => words.guest,
                GroupRole::Banned => words.banned_plain,
            };
            filled(said, &[("who", name(who))])
        }
        GroupNotice::Renamed { name, by: actor } => {
            by(actor, words.renamed, words.renamed_plain, &[("name", unmarked(name))])
        }
        GroupNotice::DescriptionChanged { by: actor } => by(actor, words.description, words.description_plain, &[]),
        GroupNotice::PictureChanged { by: actor } => by(actor, words.picture, words.picture_plain, &[]),
        GroupNotice::Dissolved { reason } => with_reason(words.dissolved.to_owned(), reason),
    }
}

fn isolated(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

/// A sentence with its places filled, in one pass: a name that looks like a place is a name.
fn filled(sentence: &str, values: &[(&str, String)]) -> String {
    let mut parts = sentence.split('{');
    let mut html = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, after) = part.split_once('}').unwrap_or((part, ""));
        if let Some((_, value)) = values.iter().find(|(name, _)| *name == place) {
            html.push_str(&isolated(value));
        }
        html.push_str(after);
    }
    html
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::words;
    use super::*;
    use crate::Language;

    fn person(nickname: &str) -> Sender {
        Sender { jid: None, nickname: nickname.to_owned(), occupant: None }
    }

    #[test]
    fn notices_are_sentences_with_names_that_are_text() {
        let names = Names { known: HashMap::new() };
        let say = |notice: &GroupNotice, language| sentence(notice, &names, words::of(language));
        let removed = GroupNotice::Removed {
            who: person("{by}<b>"),
            by: Some(person("Dana")),
            reason: "spam \u{202e}& more".to_owned(),
        };
        assert_eq!(
            say(&removed, Language::English),
            "<bdi>Dana</bdi> removed <bdi>{by}&lt;b&gt;</bdi>: <bdi>spam &amp; more</bdi>"
        );
        let renamed = GroupNotice::Renamed { name: "周会".to_owned(), by: None };
        assert_eq!(say(&renamed, Language::SimplifiedChinese), "群组已改名为“<bdi>周会</bdi>”");
        let role = GroupNotice::RoleChanged { who: person("Priya"), role: GroupRole::Admin };
        assert_eq!(say(&role, Language::TraditionalChinese), "<bdi>Priya</bdi> 成為管理員");
        let dissolved = GroupNotice::Dissolved { reason: String::new() };
        assert_eq!(say(&dissolved, Language::English), "The group was dissolved");
    }
}
