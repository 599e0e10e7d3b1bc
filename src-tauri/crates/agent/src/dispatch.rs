//! From an operation to the call on the core. One line each; no logic.

use confab_client::{Client, MessageSearch, OperationError};
use confab_model::{GroupDraft, MessageDraft};
use serde::Serialize;
use serde_json::Value;

use crate::Operation;

type Outcome = Result<Value, OperationError>;

fn value(result: Result<impl Serialize, OperationError>) -> Outcome {
    result.map(|value| serde_json::to_value(value).unwrap_or(Value::Null))
}

/// Carries out one operation. `Quit` does nothing here: the reader of the lines ends.
pub async fn perform(client: &Client, operation: Operation) -> Outcome {
    match operation {
        Operation::Startup {} => value(client.startup().await),
        Operation::SettingsSave { settings } => value(client.settings_save(settings).await),
        Operation::SignIn { jid, password, server, remember } => {
            value(client.sign_in(jid, password, server, remember).await)
        }
        Operation::SignOut { account } => value(client.sign_out(account).await),
        Operation::SignOutEverywhere { account } => value(client.sign_out_everywhere(account).await),
        Operation::ChangePassword { account, password } => value(client.change_password(account, password).await),
        Operation::DeleteAccount { account } => value(client.delete_account(account).await),
        Operation::RemoveAccount { account } => value(client.remove_account(account).await),
        Operation::Reconnect { account } => value(client.reconnect(account).await),
        Operation::RegistrationForm { domain, server } => value(client.registration_form(domain, server).await),
        Operation::Register { domain, server, answers } => value(client.register(domain, server, answers).await),
        Operation::Contacts { account, refresh } => value(client.contacts(account, refresh).await),
        Operation::ContactRequests { account } => value(client.contact_requests(account).await),
        Operation::AddContact { account, jid, name, reason } => {
            value(client.add_contact(account, jid, name, reason).await)
        }
        Operation::AcceptContact { account, jid } => value(client.accept_contact(account, jid).await),
        Operation::DeclineContact { account, jid, reason } => value(client.decline_contact(account, jid, reason).await),
        Operation::RemoveContact { account, jid } => value(client.remove_contact(account, jid).await),
        Operation::RenameContact { account, jid, name } => value(client.rename_contact(account, jid, name).await),
        Operation::GroupContact { account, jid, groups } => value(client.group_contact(account, jid, groups).await),
        Operation::Conversations { account } => value(client.conversations(account).await),
        Operation::ConversationPage { account, after, limit } => {
            value(client.conversation_page(account, after, limit).await)
        }
        Operation::OpenConversation { account, jid } => value(client.open_conversation(account, jid).await),
        Operation::Messages { account, conversation, before, limit } => {
            value(client.messages(account, conversation, before, limit).await)
        }
        Operation::SendText { account, conversation, text } => {
            value(client.send_text(account, conversation, text).await)
        }
        Operation::SendMessage { account, conversation, content, reply_to, mentions, extension, config, push_text } => {
            let draft = MessageDraft { content, reply_to, mentions, extension, config, push_text };
            value(client.send_message(account, conversation, draft).await)
        }
        Operation::EditMessage { account, message, text, mentions } => {
            value(client.edit_message(account, message, text, mentions).await)
        }
        Operation::RecallMessage { account, message } => value(client.recall_message(account, message).await),
        Operation::React { account, message, emojis } => value(client.react(account, message, emojis).await),
        Operation::ForwardMessages { account, messages, to } => {
            value(client.forward_messages(account, messages, to).await)
        }
        Operation::DeleteMessages { account, messages } => value(client.delete_messages(account, messages).await),
        Operation::Message { account, message } => value(client.message(account, message).await),
        Operation::Receipts { account, message } => value(client.receipts(account, message).await),
        Operation::Download { account, message } => value(client.download(account, message).await),
        Operation::CancelTransfer { account, message } => value(client.cancel_transfer(account, message).await),
        Operation::SaveAttachment { account, message, folder } => {
            value(client.save_attachment(account, message, folder).await)
        }
        Operation::StartRecording {} => value(client.start_recording().await),
        Operation::FinishRecording {} => value(client.finish_recording().await),
        Operation::CancelRecording {} => value(client.cancel_recording().await),
        Operation::PlayVoice { account, message, from_ms, speed } => {
            value(client.play_voice(account, message, from_ms, speed).await)
        }
        Operation::PlayRecording { path, from_ms, speed } => value(client.play_recording(path, from_ms, speed).await),
        Operation::Resend { account, message } => value(client.resend(account, message).await),
        Operation::SetTyping { account, conversation, state } => {
            value(client.set_typing(account, conversation, state).await)
        }
        Operation::MarkDisplayed { account, conversation, up_to } => {
            value(client.mark_displayed(account, conversation, up_to).await)
        }
        Operation::SaveDraft { account, conversation, text } => {
            value(client.save_draft(account, conversation, text).await)
        }
        Operation::SearchMessages { account, query, conversation, before, limit } => {
            value(client.search_messages(account, query, conversation, before, limit).await)
        }
        Operation::Search { account, text, conversation, kind, sender, from, forward, before, limit } => {
            let search = MessageSearch { text, conversation, kind, sender, from, forward, before, limit };
            value(client.search(account, search).await)
        }
        Operation::MessagesAround { account, conversation, place, limit } => {
            value(client.messages_around(account, conversation, place, limit).await)
        }
        Operation::MessagesAfter { account, conversation, after, limit } => {
            value(client.messages_after(account, conversation, after, limit).await)
        }
        Operation::SetConversation { account, jid, change } => {
            value(client.set_conversation(account, jid, change).await)
        }
        Operation::DeleteConversation { account, jid } => value(client.delete_conversation(account, jid).await),
        Operation::AcceptRequest { account, jid } => value(client.accept_request(account, jid).await),
        Operation::ExportConversation { account, conversation, folder, form, language } => {
            value(client.export_conversation(account, conversation, folder, form, language).await)
        }
        Operation::DeleteOlder { before } => value(client.delete_older(before).await),
        Operation::BackUp { to, passphrase } => value(client.back_up(to, passphrase).await),
        Operation::RestoreBackup { from, passphrase } => value(client.restore_backup(from, passphrase).await),
        Operation::Block { account, jid, report, messages } => {
            value(client.block(account, jid, report, messages).await)
        }
        Operation::Unblock { account, jid } => value(client.unblock(account, jid).await),
        Operation::Blocked { account } => value(client.blocked(account).await),
        Operation::Profiles { account } => value(client.profiles(account).await),
        Operation::Profile { account, jid } => value(client.profile(account, jid).await),
        Operation::SetProfile { account, name } => value(client.set_profile(account, name).await),
        Operation::SetAvatar { account, path } => value(client.set_avatar_from(account, path).await),
        Operation::Avatar { account, key } => value(client.avatar(account, key).await),
        Operation::Availability { account } => value(client.availability(account).await),
        Operation::SetAvailability { account, availability } => {
            value(client.set_availability(account, availability).await)
        }
        Operation::Groups { account, refresh } => value(client.groups(account, refresh).await),
        Operation::GroupInfo { account, group, refresh } => value(client.group_info(account, group, refresh).await),
        Operation::GroupMembers { account, group, refresh } => {
            value(client.group_members(account, group, refresh).await)
        }
        Operation::GroupRequests { account } => value(client.group_requests(account).await),
        Operation::CreateGroup { account, name, description, public, members, welcome, picture } => {
            let draft = GroupDraft { name, description, public, members, welcome, picture };
            value(client.create_group(account, draft).await)
        }
        Operation::JoinGroup { account, address, text } => value(client.join_group(account, address, text).await),
        Operation::LeaveGroup { account, group } => value(client.leave_group(account, group).await),
        Operation::DissolveGroup { account, group, reason } => {
            value(client.dissolve_group(account, group, reason).await)
        }
        Operation::ChangeGroup { account, group, change } => value(client.change_group(account, group, change).await),
        Operation::SetGroupPicture { account, group, path } => {
            value(client.set_group_picture_from(account, group, path).await)
        }
        Operation::InviteToGroup { account, group, people, text } => {
            value(client.invite_to_group(account, group, people, text).await)
        }
        Operation::SetGroupRole { account, group, member, role } => {
            value(client.set_group_role(account, group, member, role).await)
        }
        Operation::RemoveFromGroup { account, group, member, reason } => {
            value(client.remove_from_group(account, group, member, reason).await)
        }
        Operation::ModerateMessage { account, message, reason } => {
            value(client.moderate_message(account, message, reason).await)
        }
        Operation::AnswerGroupRequest { account, request, accept, text } => {
            value(client.answer_group_request(account, request, accept, text).await)
        }
        Operation::GroupLink { account, group } => value(client.group_link(account, group).await),
        Operation::PlaceCall { account, to, media, timeout_s, extension } => {
            value(client.place_call(account, to, media, timeout_s, extension).await)
        }
        Operation::AcceptCall { account, call, media } => value(client.accept_call(account, call, media).await),
        Operation::RejectCall { account, call, text } => value(client.reject_call(account, call, text).await),
        Operation::HangUp { account, call } => value(client.hang_up(account, call).await),
        Operation::SetMuted { account, call, muted } => value(client.set_muted(account, call, muted).await),
        Operation::SetCamera { account, call, on } => value(client.set_camera(account, call, on).await),
        Operation::AddVideo { account, call } => value(client.add_video(account, call).await),
        Operation::RemoveVideo { account, call } => value(client.remove_video(account, call).await),
        Operation::SetHeld { account, call, held } => value(client.set_held(account, call, held).await),
        Operation::Calls {} => value(client.calls().await),
        Operation::CallRecords { account, count, cursor } => value(client.call_records(account, count, cursor).await),
        Operation::CallReport { account, call } => value(client.call_report(account, call).await),
        Operation::Devices {} => value(client.devices().await),
        Operation::SelectDevice { kind, id } => value(client.select_device(kind, id).await),
        Operation::Quit {} => Ok(Value::Null),
    }
}
