/**
 * Emoji up to Unicode 15 without skin tones, in the order of the standard: sign | words in English | in Simplified |
 * in Traditional Chinese; a line `# group` begins a group. Made from emojibase-data 17.0 (MIT), whose words are those of CLDR.
 */
export const emojiLines = `
# faces
😀|grinning face cheerful cheery grin happy laugh nice smile|嘿嘿 笑脸 脸 高兴|笑臉 微笑 欣喜 笑容 臉 露齒而笑
😃|grinning face with big eyes awesome grin happy mouth|哈哈 太棒了 开口笑 开口笑脸 笑脸 脸 高兴|大笑 呵呵 咧嘴大笑 哈哈 笑臉 臉
😄|grinning face with smiling eyes eye grin happy laugh|大笑 哈哈 开口而笑的脸 开心 笑 脸 露齿而笑 高兴|呵呵 哈哈 笑臉 臉
😁|beaming face with smiling eyes eye grin grinning happy|嘻嘻 笑脸 笑颜 脸 露齿而笑|嘻嘻 笑臉 笑顏逐開 臉 露齒而笑
😆|grinning squinting face closed eyes haha hahaha happy laugh|斜眼笑 lol 咧嘴笑 哈哈 开心 眯眼 眯眼大笑 笑 脸|狂笑 呵呵 哈哈 好笑 笑口大開 笑臉 臉
😅|grinning face with sweat cold dejected excited mouth nervous|苦笑 冷汗 出汗 开口冒冷汗的脸 汗 泄气 紧张 脸|汗 冒冷汗 笑臉冒冷汗 緊張 臉 苦笑
🤣|rolling on the floor laughing crying face funny haha|笑得满地打滚 lolol 乐翻了 哈哈 地板 太扯了 打滚 满地打滚的笑 笑|笑翻了 lol 哭笑不得 捧腹 笑 笑到眼淚出來 翻 臉
😂|face with tears of joy crying feels funny haha|笑哭了 lol 喜极而泣 大笑 眼泪 笑 笑哭 脸|感動 呵呵 哈哈 哭笑不得 喜極而泣 大笑 好笑 極度滑稽 滑稽
🙂|slightly smiling face happy smile|呵呵 开心 浅笑的脸 笑 脸|呆呆笑 微笑 快樂 笑臉 臉
🙃|upside-down face hehe smile|倒脸 好玩 好笑 脸 颠倒 颠倒的脸|顛倒臉 亂了套 臉 臉上下顛倒
🫠|melting face disappear dissolve embarrassed haha heat hot liquid|融化 冷笑 哈哈 尴尬 微笑 消失 液体 溶解 热|融化的臉 哈哈 大笑 尷尬 液態的臉 溶解的臉 炎熱 熱 融化
😉|winking face flirt heartbreaker sexy slide tease wink winks|眨眼 媚眼 撩拨 眨眼的脸 笑 脸|眨眼 傷心 臉 表情 調情
😊|smiling face with eyes blush eye glad satisfied smile|羞涩微笑 害羞 微笑 满意 笑脸相迎 羞涩 脸 脸红|微笑 眼睛也在笑 笑臉 臉
😇|smiling face with halo angel angelic angels blessed fairy|微笑天使 光环 天使 天真 幻想 微笑 脸 顶罩光环的笑脸|天使笑臉 光暈 天真無邪 純真笑臉 臉
🥰|smiling face with hearts 3 adore crush heart ily|喜笑颜开 三颗爱心的笑脸 心 我爱你 爱慕 相爱 笑脸 迷恋 陷入爱河|三個愛心的笑臉 一見鐘情 三顆心的笑臉 喜歡 愛 愛慕 戀愛了 我愛你 笑
😍|smiling face with heart-eyes 143 bae eye feels hearts|花痴 我爱你 爱 红心 脸|花痴 心花怒放 戀愛中 臉
🤩|star-struck excited eyes face grinning smile star starry-eyed wow|好崇拜哦 兴奋 咧嘴笑 满天星 满眼星 脸 追星族 露齿笑|眼冒星星 星星 滿眼星光 眼睛 笑臉 臉 讚嘆 追星 露齒笑
😘|face blowing a kiss adorbs bae flirt heart ily|飞吻 亲亲 想你 我爱你 眨眼 脸|親親飛吻 女朋友 我愛你 擁抱親吻 男朋友 臉 親親 飛吻
😗|kissing face 143 date dating flirt ily kiss love|亲亲 亲吻 吻 脸|親親 嘟嘴 我愛你 擁抱親吻 臉 表情 親嘴 親臉
☺️|smiling face happy outlined relaxed smile|微笑 呵呵 开心 放松 笑 脸|輕鬆笑臉 快樂 放鬆一笑 臉
😚|kissing face with closed eyes 143 bae blush date|羞涩亲亲 亲亲 吻 我爱你 羞涩 脸 闭眼 闭眼亲吻|瞇眼親親 臉 親親 閉眼親吻
😙|kissing face with smiling eyes 143 closed date dating|微笑亲亲 亲亲 吻 微笑 笑颜亲吻 脸|笑臉親親 笑著親臉 臉 親親
🥲|smiling face with tear glad grateful happy joy pain|含泪的笑脸 喜悦 喜极而泣 幸福 微笑 微笑的 感动 感动的 感恩的|微笑帶淚 感動 感恩 感激 流淚 淚 痛苦 表情符號 開心
😋|face savoring food delicious eat full hungry savor smile|好吃 口水 哈喇子 津津有味 流口水 美味 脸|口水 回味 夠味 好吃 臉
😛|face with tongue awesome cool nice party stuck-out sweet|吐舌 吐舌头的脸 太好了 脸 舌头 调皮|嘿嘿 吐舌頭 臉
😜|winking face with tongue crazy epic eye funny joke|单眼吐舌 单眼 古怪 吐舌 开玩笑 怪人 挤眉弄眼 脸|吐舌頭 嘿嘿 眨眼吐舌 臉 頑皮
🤪|zany face crazy eye eyes goofy large small|滑稽 大小眼 大眼 小眼 滑稽的脸 疯狂的脸 疯眼 疯脸 脸|發瘋 大小眼 瘋狂的臉 瘋臉
😝|squinting face with tongue closed eye eyes gross horrible|眯眼吐舌 可怕 吐舌 尝 眯眼 眼睛 脸 都好 随便|眨眼吐舌頭 omg 吐舌頭 嘿嘿 我的媽 臉
🤑|money-mouth face money mouth paid|发财 拜金 脸 见钱眼开 金钱至上 钱|發財 臉 見錢眼開
🤗|smiling face with open hands hug hugging|抱抱 抱 拥抱 笑 脸|抱抱 擁抱 臉
🤭|face with hand over mouth giggle giggling oops realization|不说 不可说 傻笑 吃吃傻笑 哎呀 意外 捂嘴而笑 猛然发现 秘密|手蓋住嘴巴 傻笑 咯咯 哎喲 掩嘴笑 驚喜
🫢|face with open eyes and hand over mouth amazement|睁眼捂嘴 哇塞 哑口无言 害怕 尴尬 怀疑 惊奇 惊愕 惊讶|張眼摀嘴的臉 不敢相信 倒抽氣 嚇到 天啊 尷尬 敬畏 說不出話 驚嚇
🫣|face with peeking eye captivated embarrass hide hiding peek|偷看 偷窥 凝视 害怕 害羞 尴尬 迷住|一眼偷看的臉 偷看 偷瞄 凝視 害怕 害羞 注視 窺視 著迷
🤫|shushing face quiet shh shush|安静的脸 嘘 嘘声手势的脸 安静|噓 安靜
🤔|thinking face chin consider hmm ponder pondering wondering|想一想 思考 想 想事情 脸|思考 沈思 臉 表情
🫡|saluting face good luck ma’am ok respect salute sir|致敬 军队 好 好的 收到 敬礼 是 阳光|敬禮的臉 尊重 敬禮 是 是的 祝好運 遵命 部隊 陽光
🤐|zipper-mouth face keep mouth quiet secret shut zip zipper|闭嘴 住嘴 嘴 封口 秘密 脸|閉嘴 不能講 住嘴 嘴上拉鍊 臉
🤨|face with raised eyebrow disapproval disbelief distrust emoji hmm|挑眉 不信任 不敢置信 不赞同 怀疑 氧起眉毛的脸 眉毛上挑的脸 脸|挑眉驚訝 不相信 不贊同 意外 懷疑 提眉 揚眉 臉
😐|neutral face awkward blank deadpan expressionless fine jealous meh|冷漠 无感 脸 表情空洞 面无表情|無語 無反應 臉 表情 面無表情
😑|expressionless face awkward dead fine inexpressive jealous meh not|无语 没有反应 绷着脸 脸 茫然 面无表情|面無表情 撲克臉 無語 臉
😶|face without mouth awkward blank expressionless mouthless mute quiet|沉默 嘴 安静 没嘴 秘密 脸|沉默 安靜 無嘴的臉 無語 臉 表情 面無表親
🫥|dotted line face depressed disappear hidden hide introvert invisible|虚线脸 内向 无所谓 沮丧 消失 隐形 隐藏|虛線的臉 內向 失望 沮喪 無所謂 躲起來 透明人 隨便 隱形
😶‍🌫️|face in clouds absentminded fog head|迷茫|茫茫然 一頭霧水
😏|smirking face boss dapper flirt homie kidding leer shade|得意 假笑 冷笑 得意的笑 脸 诡异地笑|冷笑 假笑 臉
😒|unamused face ... bored fine jealous jel jelly pissed|不高兴 不屑 不服 不爽的脸 脸 郁闷 鄙视 随便啦|不高興 不開心 嫉妒 臉
🙄|face with rolling eyes eyeroll shade ugh whatever|翻白眼 不敢苟同 无语 白眼 脸 随便啦|翻白眼 不屑 臉 鄙視 隨便
😬|grimacing face awk awkward dentist grimace grinning smile smiling|龇牙咧嘴 咬牙切齿 尴尬 牙医 脸 露齿 露齿而笑 鬼脸|咬牙 咬牙切齒 臉 露齒而笑 鬼臉
😮‍💨|face exhaling blow blowing exhale exhausted gasp groan relief|呼气 叹息 叹气 吹气 呼气的脸 唉 无奈 松一口气 疲惫|鬆一口氣 倒抽一口氣 吹 吹氣 呻吟 嘆氣 累 表情符號
🤥|lying face liar lie pinocchio|说谎 匹诺曹 脸 长鼻子 长鼻子脸|鼻子變長了 小木偶 臉 說謊 變 長 鼻
🫨|shaking face crazy daze earthquake omg panic shock surprise|颤抖 哇 地震 天啊 惊喜 惊慌 晕头转向 疯狂 脸|動搖的表情 動搖 地震 抖動 搖動 表情 震動 驚嚇，天啊，驚慌，暈頭轉向，震動，地震，搖晃，哇，瘋狂，驚喜，驚訝
😌|relieved face calm peace relief zen|松了口气 如释重负 松口气 脸 蝉|鬆了口氣 放下心 放鬆 臉 解脫
😔|pensive face awful bored dejected died disappointed losing lost|沉思 失落 心事重重 忧虑 脸|沉思 思考 深思 臉
😪|sleepy face crying good night sad sleep sleeping tired|困 哭 想睡 满脸睡容 疲惫 睡觉 瞌睡 脸|睏 打瞌睡 掉淚 臉 面臉倦容
🤤|drooling face|流口水 口水 垂涎 垂涎三尺 流口水的脸 脸|流口水 口 垂涎 水 流 臉
😴|sleeping face bed bedtime good goodnight nap night sleep|睡着了 呼噜 小睡 想睡 打呼 晚安 睡容 睡觉 累|睡著了 夜裏 小歇 想睡 打呼 打瞌睡 晚安 睡臉 累了
😷|face with medical mask cold dentist dermatologist doctor dr|感冒 医生 口罩 戴口罩 戴口罩的脸 生病 病菌 脸|口罩 戴口罩的臉 牙醫 生病 病菌 皮膚科 臉 醫生
🤒|face with thermometer ill sick|发烧 体温计 咬着体温计的脸 温度计 生病 脸 量体温|含溫度計 溫度計 生病 臉
🤕|face with head-bandage bandage hurt injury ouch|受伤 头绑绷带 打绷带 脸|包繃帶 受傷 臉 頭綁繃帶的臉
🤢|nauseated face gross nasty sick vomit|恶心 吐 呕 恶心作呕的脸 脸 脸绿了|想吐 吐 噁心 想 臉
🤮|face vomiting barf ew gross puke sick spew throw|呕吐 不舒服 吐 呕吐的脸 生病 病容 病恹恹 脸|狂吐中 吐 吐臉 嘔吐 噁心 病懨懨 難受
🤧|sneezing face fever flu gesundheit sick sneeze|打喷嚏 喷嚏 打喷嚏的脸 生病 脸 鼻涕|打噴嚏 保重 噴 嚏 感冒 打 臉
🥵|hot face dying feverish heat panting red-faced stroke sweating|脸发烧 中暑 冒汗 出汗 发烧 发热 吐舌 心狂跳 热|熱臉 中暑 冒汗 吐舌 好熱 死去 流汗 熱 發熱
🥶|cold face blue blue-faced freezing frostbite icicles subzero teeth|冷脸 冰柱 冷 冷冰冰 冻 冻僵 满面寒霜 脸 脸色发青|冷臉 冰凍 冷 冷面 凍傷 凍瘡 很冷 結霜 臉
🥴|woozy face dizzy drunk eyes intoxicated mouth tipsy uneven|头昏眼花 两眼不平 喝醉 嘴唇颤抖 头晕目眩 头晕眼花 微醉 微醺 波浪嘴形|頭昏眼花 喝多了 喝醉 嘴巴波浪 大小眼 微醺 波浪嘴 雙眼不平 頭昏
😵|face with crossed-out eyes dead dizzy feels knocked out|晕头转向 头晕 头晕眼花 晕头 晕头的脸 脸|頭暈目眩 困惑 臉 表情 頭昏
😵‍💫|face with spiral eyes confused dizzy hypnotized omg smiley|晕 哇 哎呀 头晕 笑脸 迷糊|目眩頭暈 不懂 催眠 呃 哇 困惑 天啊 暈 暈眩
🤯|exploding head blown explode mind mindblown no shocked way|爆炸头 不可能 印象深刻 吓到了 惊吓 震惊|一個頭兩個大 爆炸頭 驚嚇
🤠|cowboy hat face cowgirl|牛仔帽脸 帽 牛仔 脸|牛仔 仔 牛 臉
🥳|partying face bday birthday celebrate celebration excited happy hat|聚会笑脸 号角 喝彩 帽子 庆祝 派对 狂欢的脸 生日 聚会|慶祝的表情 喝采 帽子 慶祝 歡呼 派對 生日 紙喇叭 臉
🥸|disguised face disguise eyebrow glasses incognito moustache mustache nose|伪装的脸 人物 伪装 眉毛 眼镜 胡子 脸 间谍 隐瞒身份|假扮的臉 人 假扮 假鼻子 偽裝 眉毛 眼鏡 間諜 鬍子
😎|smiling face with sunglasses awesome beach bright bro chilling|墨镜笑脸 墨镜 太阳镜 眼镜 耶 脸 酷|墨鏡 太陽眼鏡 戴著墨鏡的笑臉 眼鏡 臉 自吹自擂 酷
🤓|nerd face brainy clever expert geek gifted glasses intelligent|书呆子脸 专家 书呆子 天才 奇葩 宅男 极客 眼镜 眼镜笑脸|搞怪 宅 怪人 當阿宅 聰明，頭腦好，有智慧，專家，有天份，阿宅，傻，眼鏡，宅男，宅女，臉 臉
🧐|face with monocle classy fancy rich stuffy wealthy|带单片眼镜的脸 单眼镜 古板 奢华 富有 戴单眼镜的脸|單片眼鏡 古板臉 奢華 有錢人 病厭厭 老古板
😕|confused face befuddled confusing dunno frown hm meh not|困扰 不懂 不确定 困惑 疑惑 脸|困擾 不確定 困惑面容 臉 面有難色
🫤|face with diagonal mouth confused confusion disappointed doubt doubtful|郁闷 不相信 不确定 困惑 失望 怀疑 无所谓 无聊 沮丧|歪嘴的臉 不確定 受挫 困惑 失望 懷疑 挫折 無所謂 疑惑
😟|worried face anxious butterflies nerves nervous sad stress stressed|担心 不高兴 伤心 忧心的脸 意外 担忧 焦虑 紧张 脸|擔心 憂心忡忡 臉
🙁|slightly frowning face frown sad|微微不满 不开心 不高兴 不高兴的脸 委屈 小委屈 心情不好 脸|不開心 壞心情 微慍 皺眉 臉
☹️|frowning face frown sad|不满 不爽 不高兴 委屈 皱眉 皱眉的脸 脸|不滿意 不爽 悲哀 皺眉 臉
😮|face with open mouth believe forgot omg shocked surprised|吃惊 同情 啊 忘记 我不信 我的天 脸|驚訝 不可能 啊 我不信 臉
😯|hushed face epic omg stunned surprised whoa woah|缄默 吃惊 哦 我的天 脸 静而无语|哦 意外 臉 說不出話來 驚訝
😲|astonished face cost no omg shocked totally way|震惊 不可以 惊 惊讶 惊讶的脸 没可能 绝不 脸|震驚 怎麼可能 我的天 臉 驚
😳|flushed face amazed awkward crazy dazed dead disbelief embarrassed|脸红 困惑 天呀 害羞 羞涩 脸 茫然 迷茫 难以置信|愛慕 不可置信 太扯了 害羞 怎麼可能 臉 臉紅 茫然
🥺|pleading face begging big eyes mercy not please pretty|恳求的脸 可怜兮兮的眼神 大眼睛 小狗的脸 怜悯 祈求 祈求的脸 脸 请求|請求的臉 大眼睛 懇求 拜託 求求你 無辜臉 請求臉孔
🥹|face holding back tears admiration aww cry embarrassed feelings|忍住泪水 哭泣 喜极而泣 尴尬 悲伤 情绪 感激 感谢 抗拒|強忍淚水的臉 仰慕 傷心 哭泣 喜極而泣 悲傷 感受 感激 感謝
😦|frowning face with open mouth caught frown guard scared|啊 惊讶 意外 目瞪口呆 脸|啊 始料未及 張嘴皺眉 目瞪口呆 臉
😧|anguished face forgot scared scary stressed surprise unhappy what|极度痛苦 痛 痛啊 痛苦 脸 难受|痛 痛苦 臉 難受
😨|fearful face afraid anxious blame fear scared worried|害怕 不安 怕 恐怖 恐惧 脸|可怕 害怕 幾乎落淚的臉 憂心 責備
😰|anxious face with sweat blue cold eek mouth nervous|冷汗 张嘴冒冷汗的脸 惊讶 无语 汗 焦虑 紧张 脸|冒汗 發冷 緊張 臉色發青 面有菜色
😥|sad but relieved face anxious call close complicated disappointed|失望但如释重负 下次吧 出冷汗 失望 失望但解脱 如释重负 脸|流汗 倖免於難 失望卻解脫 好險 沮喪 臉 鬆了口氣
😢|crying face awful cry feels miss sad tear triste|哭 伤心 哀伤 哭脸 泪 脸|淚 哭臉 想念 流淚 糟透了 臉
😭|loudly crying face bawling cry sad sob tear tears|放声大哭 哭 大哭 放声大哭的脸 泪 痛哭 脸|哭 哭臉 大哭 淚 淚流滿面 臉
😱|face screaming in fear epic fearful munch scared scream|吓死了 吓死 害怕 尖叫 恐怖 惊吓大叫的脸 脸|嚇死了 尖叫 恐怖 驚叫
😖|confounded face annoyed confused cringe distraught feels frustrated mad|困惑 困惑的脸 焦头烂额 纠结 脸|困惑 侷促不安 滿臉困惑 焦頭爛額 臉
😣|persevering face concentrate concentration focus headache persevere|痛苦 专注 入定 头痛 忍耐 脸 难受|痛苦 堅忍 專心 忍痛中 忍耐 臉 頭痛
😞|disappointed face awful blame dejected fail losing sad unhappy|失望 不高兴 失望的脸 脸 难过|失望 很糟 沮喪 臉 輸了
😓|downcast face with sweat close cold feels headache nervous|汗 冒冷汗 冒汗 冷 尴尬 担心 脸|冷汗 冒冷汗的臉 臉 表情
😩|weary face crying fail feels hungry mad nooo sad|累死了 疲倦 疲劳 疲惫 累 脸|唉! 疲勞 疲憊 累 臉
😫|tired face cost feels nap sad sneeze|累 倦容 疲倦 疲劳 疲惫 脸|累 嘆氣 滿臉倦容 疲勞 疲憊 臉
🥱|yawning face bedtime bored goodnight nap night sleep sleepy|打呵欠 呵欠 哈欠 困 困倦 夜里 打哈欠 打哈欠的脸 无聊|呵欠 小睡 想睡 想睡的臉 晚上 無聊 疲勞 瞌睡連連 都好
😤|face with steam from nose anger angry feels fume|傲慢 不爽 愤怒 气炸了 胜利 自负 赢 趾高气昂|傲慢 怒氣沖沖 揚眉吐氣 氣瘋了 生氣 發怒 臉
😡|enraged face anger angry feels mad maddening pouting rage|怒火中烧 发火 发飙 怒 生气 脸|生氣 怒 漲紅了臉 發火 發飆 臉
😠|angry face anger blame feels frustrated mad maddening rage|生气 不爽 不高兴 怒 愤怒 脸|不爽 火大 生氣 臉 責怪
🤬|face with symbols on mouth censor cursing cussing mad|嘴上有符号的脸 不爽 发誓 咒骂 生气 碎碎唸的脸 脸 诅咒|嘴上有符號的表情 不爽 發怒 發誓 詛咒
😈|smiling face with horns demon devil evil fairy fairytale|恶魔微笑 幻想 微笑 犄角 神话故事 脸 邪魔|惡魔的笑 邪惡的笑 陰暗地笑
👿|angry face with horns demon devil evil fairy fairytale|生气的恶魔 带角的怒容 幻想 恶魔 犄角 脸 顽童|惡魔 怒氣惡臉 臉 表情 邪惡
💀|skull body dead death face fairy fairytale i’m lmao|头骨 妖怪 怪兽 死亡 神话故事 脸 身体 骷髅|骷髏頭 怪物 頭骨 骷髏
☠️|skull and crossbones bone dead death face monster|骷髅 交叉股骨 头骨 妖怪 怪物 死亡 海盗 脸 骨头|交叉骷髏頭 死亡 海盜 頭殼 骷髏頭
💩|pile of poo bs comic doo dung face fml|大便 好臭 屎 怪物 粑粑 脸 臭|大便 便便 臭臭
🤡|clown face|小丑脸 小丑 脸|小丑 丑 小 臉
👹|ogre creature devil face fairy fairytale fantasy mask monster|食人魔 吓人 妖怪 幻想 日本 神话故事 脸 面具 鬼|魔鬼 妖怪 惡鬼 表情 面具 食人巨妖
👺|goblin angry creature face fairy fairytale fantasy mask mean|小妖精 妖怪 幻想 怪物 日本 神话故事 脸 鬼|天狗 妖怪 小妖怪 怪物 面具
👻|ghost boo creature excited face fairy fairytale fantasy halloween|鬼 万圣节 妖怪 幻想 幽灵 怪物 神话故事 脸 鬼脸|鬼 幽靈 萬聖節 鬧鬼 鬼臉
👽|alien creature extraterrestrial face fairy fairytale fantasy monster space|外星人 ufo 外太空 外星 太空 幻想 星际 脸 飞碟|外星人 et 幽浮
👾|alien monster creature extraterrestrial face fairy fairytale fantasy game|外星怪物 ufo 外星 外星人 太空 怪物 星际 脸 飞碟|怪物 外星怪物 幽浮 電玩
🤖|robot face monster|机器人 怪物 脸|機器人
😺|grinning cat animal face mouth open smile smiling|大笑的猫 哈哈 大笑的猫脸 猫脸 笑 脸|哈哈 呵呵 笑口大開 笑口常開 笑臉
😸|grinning cat with smiling eyes animal eye face grin|微笑的猫 呵呵 微笑的猫脸 猫脸 笑 笑颜逐开 脸|微笑的貓臉 笑臉
😹|cat with tears of joy animal face laugh laughing|笑出眼泪的猫 喜极而泣 快乐 猫脸 眼泪 笑出眼泪 笑出眼泪的猫脸 脸|感動的貓臉 又哭又笑 喜極而泣 臉
😻|smiling cat with heart-eyes animal eye face heart love|花痴的猫 wc 喜欢 心 猫 猫脸 脸 花痴 花痴的猫脸|花痴的貓臉 心眼的貓臉 心花怒放 臉
😼|cat with wry smile animal face ironic|奸笑的猫 嘲讽笑容 奸笑 奸笑的猫脸 猫脸 脸 讽刺|微笑貓臉 冷嘲 動物 嘲笑的貓臉 嘲諷 笑 臉 貓
😽|kissing cat animal closed eye eyes face kiss|亲亲猫 亲亲 吻 猫脸 猫脸亲亲 脸 闭眼亲亲的猫脸|親親的貓臉 動物 臉 親親 閉眼親親的貓臉
🙀|weary cat animal face oh surprised|疲倦的猫 惊讶 猫脸 疲倦 疲倦的猫脸 疲劳 疲惫 累 脸|累的貓臉 意外 疲勞 疲憊 累
😿|crying cat animal cry face sad tear|哭泣的猫 哭 哭泣的猫脸 泪 猫脸 眼泪 脸 难过|哭的貓臉 動物 哭 哭臉 淚 臉
😾|pouting cat animal face|生气的猫 猫脸 生气 生气的猫脸 脸|生氣的貓臉 噘嘴的貓臉 怒 生氣 發火 發飆
🙈|see-no-evil monkey embarrassed evil face forbidden forgot gesture hide|非礼勿视 不许看 别看 尴尬 糗 脸 蒙住眼睛 蒙眼|非禮勿視 不看 動物 我的天 遮眼
🙉|hear-no-evil monkey animal ears evil face forbidden gesture hear|非礼勿听 嘘 堵上耳朵 堵耳 猴子 脸|非禮勿聽 不聽 不許聽 秘密 遮耳
🙊|speak-no-evil monkey animal evil face forbidden gesture no not|非礼勿言 不许说 捂上嘴巴 捂嘴 秘密 脸|非禮勿言 動物 摀嘴 禁言
💌|love letter heart mail romance valentine|情书 信 心 邮件|情書 情人節 愛的箴言
💘|heart with arrow 143 adorbs cupid date emotion ily|心中箭了 一箭穿心 丘比特 我爱你 浪漫 爱情 箭 红心|丘比特 愛 愛神的箭 戀愛
💝|heart with ribbon 143 anniversary emotion ily kisses valentine|系有缎带的心 我爱你 爱的礼物 绑丝带的心 送你一颗心|愛的禮物 情人節 送你一顆心
💖|sparkling heart 143 emotion excited good ily kisses morning|闪亮的心 我爱你 激动 红心 闪亮|開心 吻 放閃 晚安 閃亮
💗|growing heart 143 emotion excited heartpulse ily kisses muah|搏动的心 亲亲 吻 我爱你 搏动 激动 紧张 红心|心動 心撲通跳 我愛你 緊張
💓|beating heart 143 cardio emotion heartbeat ily love pulsating|心跳 心动 我爱你 爱|心跳 心 愛 愛心跳動
💞|revolving hearts 143 adorbs anniversary emotion heart|舞动的心 我爱你 旋转 涌动 跃动|心之舞 我愛你 舞動的心 週年紀念
💕|two hearts 143 anniversary date dating emotion heart ily|两颗心 我爱你 爱情|心心相印 我愛你 相愛
💟|heart decoration 143 emotion hearth purple white|心型装饰 心 我爱你 装饰|心在框框裡 心在框框裏 心型 我愛你 紫心
❣️|heart exclamation heavy mark punctuation|心叹号 叹号 心动 标点符号|心嘆號 心型驚嘆號
💔|broken heart break crushed emotion heartbroken lonely sad|心碎 伤心|心碎 破碎的心
❤️‍🔥|heart on fire burn love lust sacred|火上之心 渴望 燃烧 爱|火熱的心 奉獻 心型 愛 慾望
❤️‍🩹|mending heart healthier improving recovering recuperating well|修复受伤的心灵 修补 恢复 痊愈|療心 健康 恢復 療傷
❤️|red heart emotion love|红心 心 爱|愛心 心型
🩷|pink heart 143 adorable cute emotion ily like love|粉红色的心 可爱 喜欢 心 感情 我爱你 爱 特殊 甜蜜|粉紅心 可愛 喜歡 心型 愛 粉紅 粉紅，愛，可愛，甜蜜，可愛的，特殊，心情，心，喜歡
🧡|orange heart 143|橙心 橘心 橘色 橘色的心 橙|橘心 心型 橘色 橘色心
💛|yellow heart 143 cardiac emotion ily love|黄心 我爱你 黄|黃心 心型 愛 我愛你
💚|green heart 143 emotion ily love romantic|绿心 我爱你 绿|綠心 心型 我愛你
💙|blue heart 143 emotion ily love romance|蓝心 我爱你 蓝|藍心 心型
🩵|light blue heart 143 cute cyan emotion ily like|浅蓝色的心 可爱 喜欢 天蓝 心 感情 我爱你 浅蓝 爱|淺藍心 心型 淺藍 淺藍，天蘭，喜歡，心情，心，可愛，愛，特殊，藍綠 藍綠 青綠
💜|purple heart 143 bestest emotion ily love|紫心 我爱你 紫|紫心 心型 愛 我愛你
🤎|brown heart 143|棕心 心 心形 棕 棕色 棕色爱心 爱心|褐心 咖啡色 心 愛心 褐 褐色
🖤|black heart evil wicked|黑心 心 邪恶 黑 黑色 黑色的心|黑心 心 邪惡 黑
🩶|grey heart 143 emotion gray ily love silver slate|灰心 心 感情 我爱你 暗灰 灰 灰色 爱 特殊|灰色愛心 心型 暗灰色 灰 灰色，特殊，心情，愛心，愛，銀色 石板色 銀
🤍|white heart 143|白心 心 心形 爱心 白 白色 白色爱心|白心 心 愛心 白 白色
💋|kiss mark dating emotion heart kissing lips romance sexy|唇印 亲吻 吻 唇 性感 接吻 浪漫|唇印 吻 性感 約會 親親
💯|hundred points 100 a+ agree clearly definitely faithful fleek|一百分 100 满分 百分百 绝对 考试|滿分 100分 絕對
💢|anger symbol angry comic mad upset|怒 火大 生气 青筋|怒 火大 爆青筋
💥|collision bomb boom collide comic explode|爆炸 撞 旺 炸 爆|碰撞 引爆 炸彈 爆炸
💫|dizzy comic shining shooting star stars|头晕 头晕目眩 星星 流星|暈頭轉向 星星 流星 頭暈目眩
💦|sweat droplets comic drip droplet drops splashing squirt water|汗滴 喷溅 小水滴 小水珠 汗 泼贱 溅|出汗 水珠 汗 訓練
💨|dashing away cloud comic dash fart fast go gone|尾气 扬尘而去 放屁 烟 疾驰而去 飞奔而去|揚塵而去 放屁
🕳️|hole|洞 井盖 坑 陷阱|洞 坑洞
💬|speech balloon bubble comic dialog message sms talk text|话语气泡 发言 对话框 气泡 气泡对话框 气球 漫画|對話框 泡泡框 簡訊 輸入 輸入氣球
👁️‍🗨️|eye in speech bubble balloon witness|眼睛对话框 对话框 目擊 眼睛|眼睛對話框 對話框
🗨️|left speech bubble balloon dialog|朝左的话语气泡 对话框 话语|黑色對話框 對話框
🗯️|right anger bubble angry balloon mad|愤怒话语气泡 右倾愤怒对话框 对话框 愤怒|爆炸對話框 對話框
💭|thought balloon bubble cartoon cloud comic daydream decisions dream|内心活动气泡 对话框 思想 思想活动 想法 梦 气泡 泡泡对话框 白日梦|心聲對話框 對話框
💤|zzz comic good goodnight night sleep sleeping sleepy tired|睡着 呼噜 困了 想睡 打呼 晚安 疲倦|睡著 zz 想睡 打呼 滑稽 睡了 累癱了
# people
👋|waving hand bye cya g2g greetings gtg hello hey|挥手 你好 再见 嗨 在吗 手 等一下 等等 该走了|揮手 再見 手 手勢 拜拜 是你嗎 該走了 閃人
🤚|raised back of hand backhand|立起的手背 举起 举起手背 手 手背 立起|豎起手掌 反手 手 手掌 掌 豎
🖐️|hand with fingers splayed finger raised stop|手掌 举起张开的手掌 击掌 布 手 禁止|停止 對外張開五指
✋|raised hand 5 five high stop|举起手 举手 举起的手 五指 停 击掌 手|舉手 手 招手 擊掌
🖖|vulcan salute finger hand hands|瓦肯举手礼 手 敬礼 斯波克 星际迷航 瓦肯|你好 瓦肯式敬禮 生生不息，繁榮昌盛
🫱|rightwards hand handshake hold reach right rightward shake|向右的手 伸手 右 右手 向右 手 握手|向右的手 伸手 右 右手 向右 手 握 握手
🫲|leftwards hand handshake hold left leftward reach shake|向左的手 伸手 向左 左 左手 手 握手|向左的手 伸手 向左 左 左手 手 握 握手
🫳|palm down hand dismiss drop dropped pick shoo up|掌心向下的手 下投 手 扔掉 拿起 捡起 解散 驱赶|手掌向下 手 打發 掉了 掉落 撿起 撿起來 放下 趕走
🫴|palm up hand beckon catch come hold know lift|掌心向上的手 不知道 召唤 告诉我 手 拿着 接住 提供 过来|手掌向上 不知道 來 出示 召喚 告訴我 手 拿 接住
🫷|leftwards pushing hand block five halt high hold leftward|向左推 中止 停止 击掌 向左 往左 手 拒绝 推|手向左推 停 向左 往左，推，擊掌，阻擋，暫停，停，停止，等等，手，拒絕 拒絕 推 擊掌 等一下
🫸|rightwards pushing hand block five halt high hold pause|向右推 中止 停止 击掌 向右 往右 手 拒绝 推|手向右推 停 向右 往右，推，擊掌，阻擋，暫停，停，停止，等等，手，拒絕 拒絕 推 擊掌 等一下
👌|ok hand awesome bet dope fleek fosho got gotcha|OK ok ok 手势 可以 同意 好的 当然 手 没问题|OK 手勢 ok ok 手勢 了解 好 手指 沒問題 當然
🤌|pinched fingers gesture hand hold huh interrogation patience relax|捏手指 为什么 你到底在说什么 匮乏 审讯 强调 您要什么 手势 手指|捏手指 什麼 呃 手勢 捏 疑問 等一下 耐心 蛤
🤏|pinching hand amount bit fingers little small sort|捏合的手势 一点 一点点 小 少 少量 手指 捏着 某种程度上|捏 一點點 小 少量 很少 手指
✌️|victory hand peace v|胜利手势 v 和平 成功 手 胜利|勝利 v 勝利手勢 耶
🤞|crossed fingers cross finger hand luck|交叉的手指 交叉 幸运 手 手指 祝好运|祝好運 加油 好 祝 運
🫰|hand with index finger and thumb crossed <3 expensive|食指与拇指交叉的手 响指 心 手 昂贵 比心 爱 爱心 金钱|食指和拇指交叉的手 <3 彈響指 愛 愛心 手 昂貴 貴的 錢
🤟|love-you gesture fingers hand ily love three you|爱你的手势 三种 我爱你 手 爱你|愛你手勢 ily 三指 愛你 我愛你 手
🤘|sign of the horns finger hand rock-on|摇滚 手 摇滚精神 燥起来 角 金属礼|ROCK rock 手指 搖滾手勢 搖滾精神 繼續搖滾
🤙|call me hand hang loose shaka|给我打电话 手 打电话给我 电话 给我打电话的手势|打給我 打 打電話 通電話 電話
👈|backhand index pointing left finger hand point|反手食指向左指 反手 向左指 手 指左 食指|左 反手 手 手指向左 指
👉|backhand index pointing right finger hand point|反手食指向右指 反手 向右指 手 指右 食指|右 手 指 指向右方
👆|backhand index pointing up finger hand point|反手食指向上指 反手 向上指 手 指上 食指|上 手 手指 手指向上 指 食指 食指向上
🖕|middle finger hand|竖中指 中指 反手 手|中指 比中指
👇|backhand index pointing down finger hand point|反手食指向下指 反手 向下指 手 指下 食指|下 手 手指 指 指頭向下 食指向下
☝️|index pointing up finger hand point this|食指向上指 向上指 手 指上 食指|注意 提示 提醒 食指
🫵|index pointing at the viewer finger hand poke you|指向观察者的食指 伸出手指 你 戳 手指 指 指向|食指朝向觀眾 你 對準 您 戳 手 手指 指 指向
👍|thumbs up +1 good hand like thumb yes|拇指向上 同意 好 手 拇指 真棒 赞 赞成 顶一下|讚 ok 好棒 好耶 我喜歡 我愛 拇指 棒 正點
👎|thumbs down -1 bad dislike good hand no nope|拇指向下 不赞成 反对 否决 手 责备|遜 不可以 好爛 拇指向下
✊|raised fist clenched hand punch solidarity|举起拳头 举拳 团结 手 拳头 握拳|拳頭 團結 握拳 舉拳
👊|oncoming fist absolutely agree boom bro bruh bump clenched|出拳 完全同意 手 打 拳 挥拳过来 绝对正确|出拳 拳頭 擊拳同意 絕對贊成
🤛|left-facing fist leftwards|朝左的拳头 拳头 朝左|握右拳 右 拳 握
🤜|right-facing fist rightwards|朝右的拳头 手 拳头 朝右|握左拳 左 拳 握 握拳
👏|clapping hands applause approval awesome clap congrats congratulations excited|鼓掌 干得好 恭喜 拍手 赞成|鼓掌 做得好 恭賀 拍手 贊同
🙌|raising hands celebration gesture hand hooray praise raised|举双手 举手 击掌 双手 庆祝 手|歡呼 慶祝 舉雙手
🫶|heart hands <3 love you|做成心形的双手 手 比心 爱 爱你 爱心|雙手心形 <3 愛 愛你 愛心 手
👐|open hands hand hug jazz swerve|张开双手 十 双手 摊手|攤開手 手 雙手
🤲|palms up together cupped dua hands pray prayer wish|掌心向上托起 双掌 双掌向上 希望 祈祷 祷告|雙手掌朝上 合掌向上 祈禱 禱告
🤝|handshake agreement deal hand meeting shake|握手 一言为定 会面 协议 君子协定|握手 成交 手 握 講定
🙏|folded hands appreciate ask beg blessed bow cmon five|双手合十 合掌 感恩 拜托 祈求 祈祷 祈福 祝福 谢谢|感恩 感激 謝謝 阿彌陀佛 雙手合一
✍️|writing hand write|写字 写 手 笔|寫 手寫 書寫 記錄
💅|nail polish bored care cosmetics done makeup manicure whatever|涂指甲油 修指甲 忙完了 护手 指甲油 美甲 闷 随便啦|指甲油 修指甲 沒事了 無聊 美甲
🤳|selfie camera phone|自拍 手机 相机|自拍 拍 相機 自
💪|flexed biceps arm beast bench bodybuilder bro curls flex|肌肉 二头肌 健身房 强壮|肌肉 二頭肌 強壯
🦾|mechanical arm accessibility prosthetic|机械手臂 义肢 手臂 无障碍|機械手臂 義肢 行動不便
🦿|mechanical leg accessibility prosthetic|机械腿 义肢 无障碍 腿|機械腳 義肢 行動不便
🦵|leg bent foot kick knee limb|腿 弯腿 肢体 脚 跛行 踢|腿 四肢 曲腿 腳 膝蓋 踢
🦶|foot ankle feet kick stomp|脚 足踝 踏 踝 踢 踩 踱|腳 腳踝 跺腳 踢 踩
👂|ear body ears hear hearing listen listening sound|耳朵 仔细听 听 耳|耳朵 傾聽 聽 身體部位
🦻|ear with hearing aid accessibility hard|戴助听器的耳朵 助听器 听力障碍 听障 失聪 无障碍 耳聋 聋|戴助聽器的耳朵 耳聾 聽障 行動不便
👃|nose body noses nosey odor smell smells|鼻子 嗅 气味 闻 鼻|鼻子 味道 氣味 聞到 身體部位
🧠|brain intelligent smart|脑 大脑 头脑 智慧 智能 聪明|腦 大腦 聰明 腦袋
🫀|anatomical heart beat cardiology heartbeat organ pulse real red|心脏器官 中心 器官 心率 心脏 心脏病学 心跳 真心 红心|心臟 器官 心 心跳 紅色 脈搏
🫁|lungs breath breathe exhalation inhalation lung organ respiration|肺 吸气 呼吸 呼吸作用 呼气 器官 肺部 身体|肺 呼吸 器官
🦷|tooth dentist pearly teeth white|牙齿 牙医 牙科医生 珍珠色 白色|牙齒 牙醫 珍珠色 白色
🦴|bone bones dog skeleton wishbone|骨头 叉骨 狗 骨骼|骨頭 如願骨 狗 骨架
👀|eyes body eye face googly look looking omg peep|双眼 看 眼睛 窥视 身体|雙眼 兩隻大眼睛 看 窺視 身體部位
👁️|eye 1 body one|眼睛 单眼 看 眼 身体|眼睛 單眼 身體部位
👅|tongue body lick slurp|舌头 啧啧地喝 舌 舔 身体|舌頭 吸吮 舔 身體部位
👄|mouth beauty body kiss kissing lips lipstick|嘴 口 口红 吻 唇 唇膏|嘴巴 口紅 嘴唇 親吻 身體部位
🫦|biting lip anxious bite fear flirt flirting kiss lipstick|咬住嘴唇 不舒服 口红 咬嘴唇 嘴唇 害怕 性感 担心 接吻|咬唇 不舒服 吻 嘴唇 害怕 性感 憂慮 擔憂 焦慮
👶|baby babies children goo infant newborn pregnant young|小宝贝 孩子 宝宝 小毛头|小寶寶 初生兒 小嬰兒 懷孕 臉
🧒|child bright-eyed grandchild kid young younger|儿童 中性 小孩 年轻人 性别不明 性别中立|小孩 兒童 孩子
👦|boy bright-eyed child grandson kid son young younger|男孩 儿童 孩子 小孩 男|男孩
👧|girl bright-eyed child daughter granddaughter kid virgo young younger|女孩 儿童 大眼女孩 女 女儿 孩子 小孩|女孩 眼睛明亮 眼睛發光 辮子
🧑|person adult|成人 中性 性别中立 性格不明|大人 成人
👱|person blond hair blond-haired human|金色头发的人 人 脸 金发|金髮人 人物 金髮
👨|man adult bro|男人 兄弟 成人 男|男人 兄弟 男 男性 男朋友
🧔|person beard bearded whiskers|有胡子的人 人 大胡子 男 络腮胡 胡子 胡须 腮帮子 连鬓胡子|蓄鬍的人 大鬍男 鬍子 鬍鬚
🧔‍♂️|man beard bearded whiskers|有络腮胡子的男人 男人 胡子|男人: 蓄鬍的人 男人 鬍子
🧔‍♀️|woman beard bearded whiskers|有络腮胡子的女人 女人 胡子|女人: 蓄鬍的人 女人 鬍子
👨‍🦰|man red hair adult bro|男人: 红发 兄弟 成人 男 男人 红发|男人：紅髮 兄弟 男 男人 男性 男朋友 紅髮
👨‍🦱|man curly hair adult bro|男人: 卷发 兄弟 卷发 成人 男 男人|男人：卷髮 兄弟 卷髮 男 男人 男性 男朋友
👨‍🦳|man white hair adult bro|男人: 白发 兄弟 成人 男 男人 白发|男人：白髮 兄弟 男 男人 男性 男朋友 白髮
👨‍🦲|man bald adult bro|男人: 秃顶 兄弟 成人 男 男人 秃顶|男人：禿頭 兄弟 男 男人 男性 男朋友 禿頭
👩|woman adult lady|女人 女 淑女 金发|女人 女 女性
👩‍🦰|woman red hair adult lady|女人: 红发 女 女人 淑女 红发 金发|女人：紅髮 女 女人 女性 紅髮
🧑‍🦰|person red hair adult|成人: 红发 中性 性别中立 性格不明 成人 红发|大人：紅髮 大人 成人 紅髮
👩‍🦱|woman curly hair adult lady|女人: 卷发 卷发 女 女人 淑女 金发|女人：卷髮 卷髮 女 女人 女性
🧑‍🦱|person curly hair adult|成人: 卷发 中性 卷发 性别中立 性格不明 成人|大人：卷髮 卷髮 大人 成人
👩‍🦳|woman white hair adult lady|女人: 白发 女 女人 淑女 白发 金发|女人：白髮 女 女人 女性 白髮
🧑‍🦳|person white hair adult|成人: 白发 中性 性别中立 性格不明 成人 白发|大人：白髮 大人 成人 白髮
👩‍🦲|woman bald adult lady|女人: 秃顶 女 女人 淑女 秃顶 金发|女人：禿頭 女 女人 女性 禿頭
🧑‍🦲|person bald adult|成人: 秃顶 中性 性别中立 性格不明 成人 秃顶|大人：禿頭 大人 成人 禿頭
👱‍♀️|woman blond hair blond-haired blonde|金发女 女 金发|金髮女 女 金髮
👱‍♂️|man blond hair blond-haired|金发男 男 金发|金髮男 男 金髮
🧓|older person adult elderly grandparent old wise|老年人 中性 性别不明 性别中性 成人 熟龄 老人 老男人 老龄|長者 老 老人 老男人
👴|old man adult bald elderly gramps grandfather grandpa wise|老爷爷 祖父 秃头 老人 老头|老爺爺 有智慧 祖父 老頭 臉
👵|old woman adult elderly grandma grandmother granny lady wise|老奶奶 祖母 老人 老太|老奶奶 祖母 老太太
🙍|person frowning annoyed disappointed disgruntled disturbed frown frustrated gesture|皱眉 不开心 不满 不爽 失望 心烦意乱 恼火 沮丧 皱眉的人|皺眉 不爽 不高興 人物 眉頭深鎖 表情
🙍‍♂️|man frowning annoyed disappointed disgruntled disturbed frown frustrated gesture|皱眉男 不开心 男 皱眉 表情|男生皺眉 不爽 男 皺眉 表情
🙍‍♀️|woman frowning annoyed disappointed disgruntled disturbed frown frustrated gesture|皱眉女 不开心 女 皱眉|女生皺眉 女 皺眉 表情
🙎|person pouting disappointed downtrodden frown grimace scowl sulk upset|撅嘴 不开心 不高兴 低落 噘嘴 失望 怒视 撅嘴的人 生闷气|生氣的人 不爽 不高興 人物 噘嘴 噘嘴的女人 生氣 皺眉 表情
🙎‍♂️|man pouting disappointed downtrodden frown grimace scowl sulk upset|撅嘴男 不开心 噘嘴 男 表情|男生噘嘴 噘嘴 生氣
🙎‍♀️|woman pouting disappointed downtrodden frown grimace scowl sulk upset|撅嘴女 不开心 噘嘴 女|女生噘嘴 噘嘴 生氣
🙅|person gesturing no forbidden gesture hand not prohibit|禁止手势 不允许 不可能 不行 不通过 反对 手 用手势表示不的人 禁止|不行 ng 不正確 人物 禁止 答錯 錯誤
🙅‍♂️|man gesturing no forbidden gesture hand not prohibit|禁止手势男 不行 反对 男 禁止|男生手比叉 ng 不行 叉 打叉 禁止
🙅‍♀️|woman gesturing no forbidden gesture hand not prohibit|禁止手势女 不行 反对 女 禁止|女生手比叉 ng 不行 叉 禁止
🙆|person gesturing ok exercise gesture hand omg|OK手势 ok ok手势 同意 女子用手势表示好 好的 手 手势 摆姿势|可以 ok omg 人物 圈 我的天 正確 答對 運動
🙆‍♂️|man gesturing ok exercise gesture hand omg|OK手势男 ok ok手势男 可以 同意 好的 男 运动|男生手比圈 ok 可以 圈 好 我的天
🙆‍♀️|woman gesturing ok exercise gesture hand omg|OK手势女 ok ok手势女 可以 同意 女 好的|女生手比圈 ok 可以 圈
💁|person tipping hand fetch flick flip gossip sarcasm sarcastic|前台 介绍 伸手给小费 信息 八卦 帮助 手 拨弄头发 自信时髦|服務台人員 人物 俏皮 分髮 嘲諷 服務員 給小費 髮夾
💁‍♂️|man tipping hand fetch flick flip gossip sarcasm sarcastic|前台男 前台 嘲讽 小费 男|男生抬手 嘲諷 小費 男 調皮 隨便
💁‍♀️|woman tipping hand fetch flick flip gossip sarcasm sarcastic|前台女 前台 女|女生抬手 女 小費
🙋|person raising hand gesture here know me pick question|举手 举手的人 嗨 开心 我参加 我可以帮忙 我知道 手 看这里|嗨 +1 你好 打招呼 舉手 舉手的人 舉手的女人 贊成 這裡
🙋‍♂️|man raising hand gesture here know me pick question|男生举手 举手 发问 手势 男|男生舉手 作手勢 嗨 我知道 打招呼 有問題 男 舉手
🙋‍♀️|woman raising hand gesture here know me pick question|女生举手 举手 女|女生舉手 嗨 女 打招呼 舉手
🧏|deaf person accessibility ear gesture hear|失聪者 听力 听力障碍 听障 无障碍 耳朵 耳聋 聋|聽障人士 耳朵 耳聾 聽不見 聽力
🧏‍♂️|deaf man accessibility ear gesture hear|失聪的男人 听力障碍 男 耳朵 聋|聽障男子 男 聽障
🧏‍♀️|deaf woman accessibility ear gesture hear|失聪的女人 听力障碍 女 耳朵 聋|聽障女子 女 聽障
🙇|person bowing apology ask beg bow favor forgive gesture|鞠躬 不好意思 冥想 姿势 对不起 惭愧 感谢 懊悔 祈求宽恕|鞠躬 下跪 不好意思 原諒 姿勢 姿態 對不起 後悔 抱歉
🙇‍♂️|man bowing apology ask beg bow favor forgive gesture|男生鞠躬 不好意思 对不起 男 道歉|男生鞠躬 不好意思 男 道歉
🙇‍♀️|woman bowing apology ask beg bow favor forgive gesture|女生鞠躬 不好意思 女 对不起 道歉 静思 鞠躬|女生鞠躬 不好意思 女 沈思 道歉 靜思
🤦|person facepalming again bewilder disbelief exasperation facepalm no not|捂脸 人 尴尬 恼怒 我的天哪 扶额 无语 难以置信 震惊|哦不 不敢相信 喔不 噢不 天啊 怎麼會 捂臉 無言 難以置信
🤦‍♂️|man facepalming again bewilder disbelief exasperation facepalm no not|男生捂脸 尴尬 恼怒 我的天哪 扶额 捂脸 无奈 无语 男|男生遮臉 不敢相信 喔不 噢不 天啊 完了 拜託不要 捂臉 無言
🤦‍♀️|woman facepalming again bewilder disbelief exasperation facepalm no not|女生捂脸 女 女子捂脸 尴尬 恼怒 我的天哪 扶额 捂脸 无奈|女生遮臉 不敢相信 喔不 噢不 天啊 女 捂臉 無言 難以置信
🤷|person shrugging doubt dunno guess idk ignorance indifference knows|耸肩 不关心 不知道 人 天晓得 怀疑 我哪知 我猜的 无所谓|聳肩 不知道 不關心 懷疑 我猜 攤手 聳 肩 說不定
🤷‍♂️|man shrugging doubt dunno guess idk ignorance indifference knows|男生耸肩 不关心 不知道 天晓得 怀疑 我哪知 我猜的 无所谓 无视|男生聳肩 不在乎 不知道 可能 大概 應該 我猜 男 聳肩
🤷‍♀️|woman shrugging doubt dunno guess idk ignorance indifference knows|女生耸肩 不关心 不知道 天晓得 女 女子耸肩 怀疑 我哪知 我猜的|女生聳肩 不在乎 不知道 可能 大概 應該 我猜 聳肩 都好
🧑‍⚕️|health worker doctor healthcare nurse therapist|卫生工作者 医生 护士 治疗师|醫護人員 治療 護士 醫生 醫護
👨‍⚕️|man health worker doctor healthcare nurse therapist|男医生 医护人员 医生 护士 治疗师 男 男人 男治疗师|男醫生 男 護士 醫生
👩‍⚕️|woman health worker doctor healthcare nurse therapist|女医生 医护人员 医生 女 女人 女治疗师 护士 治疗师|女醫生 女 治療師 護士 醫生
🧑‍🎓|student graduate|学生 毕业 毕业生|學生 畢業
👨‍🎓|man student graduate|男学生 学生 毕业 男|男畢業生 學生 男 畢業
👩‍🎓|woman student graduate|女学生 女 学生 毕业|女畢業生 女 學生 畢業
🧑‍🏫|teacher instructor lecturer professor|老师 教师 教授|老師 教師 教授
👨‍🏫|man teacher instructor lecturer professor|男老师 教师 教授 男 老师|男老師 教授 男 老師 講師
👩‍🏫|woman teacher instructor lecturer professor|女老师 女 教师 教授 老师|女老師 女 教授 老師 講師
🧑‍⚖️|judge justice law scales|法官 法律|法官 正義
👨‍⚖️|man judge justice law scales|男法官 正义 法官 法律 男|男法官 法官 男
👩‍⚖️|woman judge justice law scales|女法官 女 正义 法官 法律|女法官 女 法官
🧑‍🌾|farmer gardener rancher|农民 园丁|農民 園丁 農人 農夫
👨‍🌾|man farmer gardener rancher|农夫 农民 园丁 牧场主人 牧场工人 男|農夫 園丁 男 農民
👩‍🌾|woman farmer gardener rancher|农妇 农民 园丁 女 牧场主人 牧场工|農婦 園丁 女 農民
🧑‍🍳|cook chef|厨师 做饭 大厨|廚師 烹飪
👨‍🍳|man cook chef|男厨师 做饭 厨师 大厨 男|男廚師 主廚 大廚 廚師 男
👩‍🍳|woman cook chef|女厨师 做饭 厨师 大厨 女|女廚師 主廚 大廚 女 廚師
🧑‍🔧|mechanic electrician plumber tradesperson|技工 水管工 电工|技工 修理 工人 師傅
👨‍🔧|man mechanic electrician plumber tradesperson|男技工 技工 机械工 杂工 水管工 水管工人 电工 男|男技工 技工 機械技師 男 電工 黑手
👩‍🔧|woman mechanic electrician plumber tradesperson|女技工 修理工 女 技工 水电工 水管工 水管工人 电工|女技工 女 技工 機械技師 水管工人 黑手
🧑‍🏭|factory worker assembly industrial|工人 工业 工厂 装配|工廠作業員 作業員 工廠 工業 焊接
👨‍🏭|man factory worker assembly industrial|男工人 工业 工人 工厂 男 组装工 装配|工廠男作業員 作業員 工廠 男 男工人
👩‍🏭|woman factory worker assembly industrial|女工人 女 工业 工人 工厂 装配|工廠女作業員 作業員 女 工廠
🧑‍💼|office worker architect business manager white-collar|白领 商人 建筑师 经理|上班族 商務 白領 經理
👨‍💼|man office worker architect business manager white-collar|男白领 商人 建筑师 男 白领 经理|男性上班族 上班族 建築師 男 白領
👩‍💼|woman office worker architect business manager white-collar|女白领 人物 商人 女 建筑师 白领 经理|女性上班族 上班族 女 白領 經理
🧑‍🔬|scientist biologist chemist engineer mathematician physicist|科学家 化学家 工程学家 物理学家 生物学家|科學家 化學家 工程師 物理學家 生物學家
👨‍🔬|man scientist biologist chemist engineer mathematician physicist|男科学家 化学家 工程学家 工程师 数学家 物理学家 生物学家 男 科学家|男科學家 化學家 工程師 數學家 物理學家 生物學家 男 科學家
👩‍🔬|woman scientist biologist chemist engineer mathematician physicist|女科学家 化学家 女 工程学家 工程师 数学家 物理学家 生物学家 科学家|女科學家 化學家 女 工程師 數學家 物理學家 科學家
🧑‍💻|technologist coder computer developer inventor software|程序员 发明 开发人员 码农 软件|工程師 發明家 程式設計師 軟體 開發人員
👨‍💻|man technologist coder computer developer inventor software|男程序员 发明家 工程师 开发人员 男 码农 程序员 软件|男工程師 工程師 男 發明家 程式工程師 軟體工程師
👩‍💻|woman technologist coder computer developer inventor software|女程序员 发明家 女 工程师 开发人员 码农 程序员 软件|女工程師 城市工程師 女 工程師 軟體工程師
🧑‍🎤|singer actor entertainer rock rockstar star|歌手 摇滚歌手 明星 演员 艺人|歌手 搖滾 明星 演員 藝人
👨‍🎤|man singer actor entertainer rock rockstar star|男歌手 摇滚歌手 明星 歌手 男 男演员 艺人|男歌手 搖滾 明星 歌手 男
👩‍🎤|woman singer actor entertainer rock rockstar star|女歌手 女 摇滚歌手 明星 歌手 演员 艺人|女歌手 女 搖滾 明星 歌手
🧑‍🎨|artist palette|艺术家 画家|藝術家 調色盤
👨‍🎨|man artist palette|男艺术家 男 画家 艺术|男藝術家 男 藝術家 調色盤
👩‍🎨|woman artist palette|女艺术家 女 画家 艺术|女藝術家 女 藝術家 調色盤
🧑‍✈️|pilot plane|飞行员 飞机|機長 飛機
👨‍✈️|man pilot plane|男飞行员 机长 男 飞机 飞行员|男機長 機師 機長 男 飛行員
👩‍✈️|woman pilot plane|女飞行员 女 机长 飞机 飞行员|女機長 女 女機師 機長 飛行員
🧑‍🚀|astronaut rocket space|宇航员 火箭|太空人 火箭
👨‍🚀|man astronaut rocket space|男宇航员 宇宙 宇航员 火箭 男 航天|男太空人 太空人 火箭人 男
👩‍🚀|woman astronaut rocket space|女宇航员 女 宇宙 宇航员 火箭 航天|女太空人 太空人 女
🧑‍🚒|firefighter fire firetruck|消防员 消防车|消防員 消防車
👨‍🚒|man firefighter fire firetruck|男消防员 救火 消防 消防员 消防车 男|男消防員 消防員 消防車 男
👩‍🚒|woman firefighter fire firetruck|女消防员 女 救火 消防 消防员 消防车 火灾|女消防員 女 消防員
👮|police officer apprehend arrest citation cop law over pulled|警察 交警 传唤 公安 卧底 武警 法警 警官 警方|警察 執法 巡邏 法律 罰單 臨檢 調查 警官 警方
👮‍♂️|man police officer apprehend arrest citation cop law over|男警察 男 警官 警察|男警 男 警察
👮‍♀️|woman police officer apprehend arrest citation cop law over|女警察 交警 公安 卧底 女 武警 法警 警官 警察|女警 執法 巡邏 法律 罰單 臨檢 調查 警官 警察
🕵️|detective sleuth spy|侦探 特工 男 间谍|偵探 間諜
🕵️‍♂️|man detective sleuth spy|男侦探 侦探 男 间谍|男偵探 偵探 男
🕵️‍♀️|woman detective sleuth spy|女侦探 侦探 女 特工 间谍|女偵探 偵探 女
💂|guard buckingham helmet london palace|卫兵 伦敦 卫士 守卫 白金汉宫|衛兵 憲兵 白金漢宮
💂‍♂️|man guard buckingham helmet london palace|男卫兵 卫兵 卫士 守卫 男|男衛兵 憲兵 男 衛兵
💂‍♀️|woman guard buckingham helmet london palace|女卫兵 卫兵 卫士 女 守卫|女衛兵 女 憲兵 白金漢宮 衛兵
🥷|ninja assassin fight fighter hidden person secret skills sly|忍者 人物 侠客 刺客 士兵 战斗 打斗 狡猾 秘密|忍者 刺客 士兵 戰爭 打鬥 技巧 武者 隱身
👷|construction worker build fix hardhat hat man person rebuild|建筑工人 包工头 头盔 安全帽 工人 工程师 建筑 建造 搬砖|建築工人 安全帽 工地 男人 維修 頭盔
👷‍♂️|man construction worker build fix hardhat hat rebuild remodel|男建筑工人 工人 建筑 男|男建築工人 建築工人 男
👷‍♀️|woman construction worker build fix hardhat hat man rebuild|女建筑工人 头盔 女 工人 建筑|女建築工人 女 建築工人
🫅|person with crown monarch noble regal royal royalty|戴王冠的人 君主 君威 国王 王冠 王后 王室 皇室 贵族|戴皇冠的人 君主 國王 王冠 王室 皇后 皇室 皇家 貴族
🤴|prince crown fairy fairytale fantasy king royal royalty tale|王子 皇家|王子 王 皇室 皇家
👸|princess crown fairy fairytale fantasy queen royal royalty tale|公主 皇冠 童话|公主 后冠 皇冠 皇后 童話
👳|person wearing turban|戴头巾的人 头巾|戴頭巾的人 人物 纏頭巾
👳‍♂️|man wearing turban|戴头巾的男人 头巾 男|纏頭男人 戴頭巾 男
👳‍♀️|woman wearing turban|戴头巾的女人 头巾 女 特本|纏頭女人 女 戴頭巾 纏頭巾
👲|person with skullcap cap chinese gua guapi hat mao|戴瓜皮帽的人 人物 帽子 瓜皮帽|戴瓜皮帽的人 員外 師爺 瓜皮帽
🧕|woman with headscarf bandana head hijab kerchief mantilla tichel|带头饰的女人 头巾 希贾布 戴头巾的女人|包頭巾的女子 披肩頭紗 面紗 頭巾 頭巾女
🤵|person in tuxedo formal wedding|穿燕尾服的人 人 新郎 正式 燕尾服 男人 穿燕尾服的男人|穿燕尾服的人 新郎 正式 燕尾服
🤵‍♂️|man in tuxedo formal groom wedding|穿礼服的男人 男人 礼服|穿燕尾服的男人 燕尾服 男人
🤵‍♀️|woman in tuxedo formal wedding|穿礼服的女人 女人 礼服|穿燕尾服的女子 女子 燕尾服
👰|person with veil wedding|戴头纱的人 人 头纱 婚礼 戴头纱的新娘 新娘 结婚|披著頭紗的人 新娘 結婚 頭紗
👰‍♂️|man with veil wedding|戴头纱的男人 头纱 男人|披著頭紗的男人 男人 頭紗
👰‍♀️|woman with veil bride wedding|戴头纱的女人 头纱 女人|披著頭紗的女子 女子 頭紗
🤰|pregnant woman|孕妇 女人 怀孕 怀孕的女人|孕婦 懷孕
🫃|pregnant man belly bloated full overeat|怀孕的男人 充满 吃撑 怀孕 男子 腹部 臃肿|懷孕的男人 吃太飽的男人 懷孕 肚子 膨脹 臃腫
🫄|pregnant person belly bloated full overeat stuffed|怀孕的人 充满 吃撑 怀孕 腹部 臃肿|懷孕的人 吃太飽 懷孕 肚子 膨脹 臃腫
🤱|breast-feeding baby breast feeding mom mother nursing woman|母乳喂养 乳房 哺乳 喂奶 婴儿|哺乳 乳房 嬰兒 育嬰 餵母奶
👩‍🍼|woman feeding baby feed mom mother nanny newborn nursing|哺乳的女人 人物 保姆 哺乳 喂养 女人 妈咪 妈妈 婴儿|正在哺乳的媽媽 保姆 哺乳 媽媽 嬰兒 小北鼻 新生兒 母親 餵奶
👨‍🍼|man feeding baby dad father feed nanny newborn nursing|哺乳的男人 人物 保姆 哺乳 哺育 喂养 婴儿 宝宝 新生儿|正在餵奶的爸爸 保姆 嬰兒 小北鼻 新生兒 父親 爸爸 男人 男性
🧑‍🍼|person feeding baby feed nanny newborn nursing parent|哺乳的人 人 人物 保姆 哺乳 哺育 喂养 婴儿 宝宝|正在哺乳的人 保姆 哺乳 媽媽 嬰兒 小北鼻 小寶貝 新生兒 爸爸
👼|baby angel church face fairy fairytale fantasy tale|小天使 儿童 天使 孩子|天使 兒童 孩子 小天使
🎅|santa claus celebration christmas fairy fantasy father holiday merry|圣诞老人 圣诞 圣诞节 节日|聖誕老人 爸爸 聖誕 聖誕老公公
🤶|mrs. claus celebration christmas fairy fantasy holiday merry mother|圣诞奶奶 圣诞 圣诞节 节日|聖誕老奶奶 媽媽 童話 聖誕節
🧑‍🎄|mx claus celebration christmas fairy fantasy holiday merry santa|圣诞人 人 人物 圣诞 圣诞帽 圣诞快乐 圣诞老人 圣诞老公公 节日|跨性別聖誕老人 節日 耶誕快樂 耶誕節 耶誕老人 聖誕 聖誕快樂 聖誕老人
🦸|superhero good hero superpower|超级英雄 女英雄 女超人 好人 英雄 蝙蝠侠 超人 超能力|超級英雄 正派 英雄 超人 超能力
🦸‍♂️|man superhero good hero superpower|男超级英雄 好人 男人 英雄 超能力|超人 天賦 男人 英雄 超能力
🦸‍♀️|woman superhero good hero heroine superpower|女超级英雄 女人 好人 英雄 超能力|女超人 天賦 女英雄 英雄 超能力
🦹|supervillain bad criminal evil superpower villain|超级大坏蛋 人 坏蛋 大反派 恶魔 罪犯 超级恶棍 超能力 邪恶|超級反派 壞 惡棍 犯罪 罪犯 超級惡棍 超能力 邪惡
🦹‍♂️|man supervillain bad criminal evil superpower villain|男超级大坏蛋 坏蛋 男人 罪犯 超能力|男超級反派 反派 犯罪 男人 超能力 邪惡
🦹‍♀️|woman supervillain bad criminal evil superpower villain|女超级大坏蛋 坏蛋 女人 罪犯 超能力|女超級反派 反派 女人 犯罪 超能力 邪惡
🧙|mage fantasy magic play sorcerer sorceress sorcery spell summon|法师 召唤 女巫 女魔术师 巫师 智者 法术 男巫 男魔术师|魔術師 巫師 男巫 著魔 魔咒
🧙‍♂️|man mage fantasy magic play sorcerer sorceress sorcery spell|男法师 男巫 男魔术师|男巫
🧙‍♀️|woman mage fantasy magic play sorcerer sorceress sorcery spell|女法师 女巫 女魔术师|女巫師
🧚|fairy fairytale fantasy myth person pixie tale wings|精灵 仙女 仙子 童话 翅膀|仙女 仙子 翅膀
🧚‍♂️|man fairy fairytale fantasy myth oberon person pixie puck|仙人 仙男 天卫十五 天卫四 男精灵|男妖精
🧚‍♀️|woman fairy fairytale fantasy myth person pixie tale titania|仙女 女精灵 妖精王后|女妖精
🧛|vampire blood dracula fangs halloween scary supernatural teeth undead|吸血鬼 万圣节 不死族 利牙 恐怖 毒牙 装扮服装 超自然|吸血鬼 尖牙 毒牙 牙齒
🧛‍♂️|man vampire blood fangs halloween scary supernatural teeth undead|男吸血鬼 男不死族|男吸血鬼
🧛‍♀️|woman vampire blood fangs halloween scary supernatural teeth undead|女吸血鬼 女不死族|女吸血鬼
🧜|merperson creature fairytale folklore ocean sea siren trident|人鱼 三叉戟 女人鱼 民间传说 海妖 海底 海洋生物 男人鱼 童话|人魚 三叉戟 傳說 塞壬 海中 海底 童話 美人魚 龍宮
🧜‍♂️|merman creature fairytale folklore neptune ocean poseidon sea siren|男人鱼 特里同|男人魚
🧜‍♀️|mermaid creature fairytale folklore merwoman ocean sea siren trident|美人鱼 女人鱼|美人魚
🧝|elf elves enchantment fantasy folklore magic magical myth|小精灵 神秘 精灵 魔幻 魔法|小精靈 勒苟拉斯 魔戒風
🧝‍♂️|man elf elves enchantment fantasy folklore magic magical myth|男小精灵 男性魔术|男精靈
🧝‍♀️|woman elf elves enchantment fantasy folklore magic magical myth|女小精灵 女性魔术|女精靈
🧞|genie djinn fantasy jinn lamp myth rub wishes|妖怪 奇幻 愿望 擦拭神灯 杰尼 灯神 神灵 神秘 神话|精靈 傑尼
🧞‍♂️|man genie djinn fantasy jinn lamp myth rub wishes|男妖怪 男神灵|藍精靈
🧞‍♀️|woman genie djinn fantasy jinn lamp myth rub wishes|女妖怪 女神灵|女藍精靈
🧟|zombie apocalypse dead halloween horror scary undead walking|僵尸 万圣节 不死族 半死不活 吓人 行尸走肉|殭屍 嚇人 萬聖節 行屍走肉
🧟‍♂️|man zombie apocalypse dead halloween horror scary undead walking|男僵尸 男行尸走肉|男殭屍
🧟‍♀️|woman zombie apocalypse dead halloween horror scary undead walking|女僵尸 女行尸走肉|女殭屍
🧌|troll fairy fantasy monster tale trolling|穴居巨怪 幻想 怪兽 怪物 神话故事|巨人 山怪 幻想 怪物 怪獸 戳 童話 網路白目
💆|person getting massage face headache relax relaxing salon soothe|按摩 享受按摩的人 头痛 放松 水疗 治疗 紧张 缓解 美容|按摩 人物 做臉 放鬆 沙龍 療程 舒爽 護膚 頭痛
💆‍♂️|man getting massage face headache relax relaxing salon soothe|男生按摩 头痛 按摩 男 脸|男生按摩 按摩 放鬆 沙龍 男 頭痛 馬殺雞
💆‍♀️|woman getting massage face headache relax relaxing salon soothe|女生按摩 女 按摩|女生按摩 女 按摩 馬殺雞
💇|person getting haircut barber beauty chop cosmetology cut groom|理发 剪头 发型 理发师 理发的人 美发 美容 美容沙龙 美容院|理髮 人物 剪頭髮 沙龍 美容 美髮師 設計師 造型 髮型
💇‍♂️|man getting haircut barber beauty chop cosmetology cut groom|男生理发 剪头 理发 男|男生理髮 剪頭髮 理髮 男
💇‍♀️|woman getting haircut barber beauty chop cosmetology cut groom|女生理发 剪头 女 理发|女生理髮 剪頭髮 女 理髮
🚶|person walking amble gait hike man pace pedestrian stride|行人 压马路 徒步 散步 昂首阔步 竞走 行走的人 走路 远足|行人 人物 大搖大擺 步伐 男子走路 走路 路人 踏步
🚶‍♂️|man walking amble gait hike pace pedestrian stride stroll|男行人 徒步 男 走路|男行人 走路 路人
🚶‍♀️|woman walking amble gait hike man pace pedestrian stride|女行人 女 徒步 漫步 缓行 走 走路 路人|女行人 漫步 走路 路人 閒逛
🧍|person standing stand|站立者 人物 站着 站着的人 站立|站著的人 人 站立 站著
🧍‍♂️|man standing stand|站立的男人 男 站着 站立|站著的男子 男 站立
🧍‍♀️|woman standing stand|站立的女人 女 站着 站立|站著的女子 女 站立
🧎|person kneeling kneel knees|下跪者 下跪 跪下 跪坐|跪著的人 人 跪 跪下
🧎‍♂️|man kneeling kneel knees|跪下的男人 下跪 男 跪坐|跪著的男子 男 跪
🧎‍♀️|woman kneeling kneel knees|跪下的女人 下跪 女 跪坐|跪著的女子 女 跪
🧑‍🦯|person with white cane accessibility blind probing|拄盲杖的人 无障碍 盲|拿導盲手杖的人 盲人 行動不便
👨‍🦯|man with white cane accessibility blind probing|拄盲杖的男人 拐杖 无障碍 男 男人 男子 盲 盲人|拿導盲手杖的男子 人 男 男子 盲人 行動不便
👩‍🦯|woman with white cane accessibility blind probing|拄盲杖的女人 女 女人 女性 拐杖 无障碍 盲 盲人|拿導盲手杖的女子 人 女 女子 盲人 行動不便
🧑‍🦼|person in motorized wheelchair accessibility|坐电动轮椅的人 无障碍 轮椅|坐電動輪椅的人 行動不便 輪椅
👨‍🦼|man in motorized wheelchair accessibility|坐电动轮椅的男人 无障碍 电动 男 男人 男子 轮椅|坐電動輪椅的男子 人 男 男子 行動不便 輪椅 電動輪椅
👩‍🦼|woman in motorized wheelchair accessibility|坐电动轮椅的女人 女 女人 女子 无障碍 电动 轮椅|坐電動輪椅的女子 人 女 女子 行動不便 輪椅 電動輪椅
🧑‍🦽|person in manual wheelchair accessibility|坐手动轮椅的人 无障碍 轮椅|坐輪椅的人 行動不便 輪椅
👨‍🦽|man in manual wheelchair accessibility|坐手动轮椅的男人 手动 无障碍 男 男人 男子 轮椅|坐輪椅的男子 人 男 男子 行動不便 輪椅
👩‍🦽|woman in manual wheelchair accessibility|坐手动轮椅的女人 女 女人 女子 手动 无障碍 轮椅|坐輪椅的女子 人 女 女子 行動不便 輪椅
🏃|person running fast hurry marathon move quick race racing|跑步者 匆忙 向前冲 奔跑 快跑 赛跑 跑步 跑路 闪人|跑者 人物 快跑 移動 衝 跑步 跑過來 跑馬拉松 速度
🏃‍♂️|man running fast hurry marathon move quick race racing|男生跑步 男 跑 马拉松|男跑者 男 跑 馬拉松
🏃‍♀️|woman running fast hurry marathon move quick race racing|女生跑步 冲刺 女 比赛 跑 跑步 马拉松|女跑者 女 跑 馬拉松
💃|woman dancing dance dancer elegant festive flair flamenco groove|跳舞的女人 优雅 佛拉门戈 女人 女舞者 探戈 舞者 萨尔萨舞 跳舞|舞者 佛羅明哥 女舞者 探戈 跳舞 跳舞去
🕺|man dancing dance dancer elegant festive flair flamenco groove|跳舞的男人 佛拉门戈 男人 男舞者 舞者 跳舞|男人跳著舞 佛朗明哥舞 去跳舞 探戈 男 男舞者 舞 莎莎舞 跳
🕴️|person in suit levitating business|西装革履的人 商务 正装 男 西装革履|穿西裝的人 穿著正式 西裝
👯|people with bunny ears bestie bff counterpart dancer double|戴兔耳朵的人 兔子服 兔耳朵 双人舞 双胞胎 同好 永远的好朋友 派对 灵魂伴侣|兔女郎 兔耳 死黨 走趴 跳舞 閨蜜 雙胞胎 高衩
👯‍♂️|men with bunny ears bestie bff counterpart dancer double|兔先生 兔耳朵 同好 永远的好朋友 派对 男生派对 聚会 跳舞|雙人兔男郎 兔耳 戴兔耳朵 跳舞
👯‍♀️|women with bunny ears bestie bff counterpart dancer double|兔女郎 兔耳朵 女生派对 派对 聚会 跳舞|雙人兔女郎 兔耳 跳舞
🧖|person in steamy room day luxurious pamper relax sauna|蒸房里的人 在桑拿间的人 放松 桑拿 桑拿浴 蒸房 蒸气漫溢 蒸汽浴|做蒸氣浴的人 土耳其浴 桑拿 蒸汽浴
🧖‍♂️|man in steamy room day luxurious pamper relax sauna|蒸房里的男人 桑拿 男性桑拿|做蒸氣浴的男子
🧖‍♀️|woman in steamy room day luxurious pamper relax sauna|蒸房里的女人 女性桑拿 桑拿|做蒸氣浴的女子
🧗|person climbing climb climber mountain rock scale up|攀爬的人 向上爬的人 攀岩 攀岩者 爬山 登山 登山者|攀岩的人 攀岩 攀岩者 攀爬 爬山
🧗‍♂️|man climbing climb climber mountain rock scale up|攀爬的男人 登山者|攀岩男子
🧗‍♀️|woman climbing climb climber mountain rock scale up|攀爬的女人 登山者|攀岩女子
🤺|person fencing fencer sword|击剑选手 人 体育 击剑 剑|西洋劍 擊劍 運動
🏇|horse racing jockey racehorse riding sport|赛马 三冠 赛马骑师 马 骑师 骑马|賽馬 馬 騎馬
⛷️|skier ski snow|滑雪的人 滑雪 雪|滑雪者 滑雪
🏂|snowboarder ski snow snowboard sport|滑雪板 单板 单板滑雪 滑雪 雪|滑雪板 滑雪
🏌️|person golfing ball birdie caddy driving golf green pga|打高尔夫的人 pga 小鸟球 推杆进球 球 球座 球穴区 球童 职业高尔夫协会|打高爾夫 人物 小白球 揮桿 進洞 運動 高爾夫 高爾夫練習場
🏌️‍♂️|man golfing ball birdie caddy driving golf green pga|男生打高尔夫 男 高尔夫|男生打高爾夫 男 高爾夫
🏌️‍♀️|woman golfing ball birdie caddy driving golf green pga|女生打高尔夫 女 高尔夫 高尔夫练球场|女生打高爾夫 女 高爾夫 高爾夫練習場
🏄|person surfing beach ocean sport surf surfer swell waves|冲浪 冲浪的人 冲浪者 波浪 海上运动 海洋 海滩 涌浪 网上冲浪|衝浪 人物 水上運動 海 海灘 衝浪板 衝浪者 運動
🏄‍♂️|man surfing beach ocean sport surf surfer swell waves|男生冲浪 冲浪 男|男生衝浪 男 衝浪
🏄‍♀️|woman surfing beach ocean person sport surf surfer swell|女生冲浪 冲浪 女 海滩|女生衝浪 女 衝浪 衝浪女
🚣|person rowing boat canoe cruise fishing lake oar paddle|划艇 划桨 划船运动 木筏 河 泛舟湖上 湖 独木舟 船|划艇 人物 划船 小船 碧潭 船槳 運動
🚣‍♂️|man rowing boat canoe cruise fishing lake oar paddle|男生划船 划船 划艇 男 船|男生划船 划船 男
🚣‍♀️|woman rowing boat canoe cruise fishing lake oar paddle|女生划船 划船 划艇 女 船|女生划船 划船 女
🏊|person swimming freestyle sport swim swimmer triathlon|游泳 游泳的人 游泳者 自由泳 运动 铁人三项|游泳 人物 泳者 游泳選手 自由式 運動 鐵人三項
🏊‍♂️|man swimming freestyle sport swim swimmer triathlon|男生游泳 游泳 男|男生游泳 游泳 男
🏊‍♀️|woman swimming freestyle man sport swim swimmer triathlon|女生游泳 女 游泳|女生游泳 女 游泳 運動
⛹️|person bouncing ball athletic basketball championship dribble net player|玩球 体育 全网无阻 打球 游戏 玩 球 篮球 篮球运动员|打球 人物 比賽 球 籃球 罰球 運動 運動員 運球
⛹️‍♂️|man bouncing ball athletic basketball championship dribble net player|男生玩球 球 男|男生打球 球 男
⛹️‍♀️|woman bouncing ball athletic basketball championship dribble net player|女生玩球 女 女生打篮球 游戏 玩 球 篮球|女生打球 女 打籃球 玩彈力球 球
🏋️|person lifting weights barbell bodybuilder deadlift lifter powerlifting weight|举重 举重的人 举重运动员 举铁 健美者 力量举重 杠铃 硬拉 训练|舉重 人物 健身 槓片 槓鈴 運動 重訓 重量訓練
🏋️‍♂️|man lifting weights barbell bodybuilder deadlift lifter powerlifting weight|男生举重 举重 男|男生舉重 男 舉重
🏋️‍♀️|woman lifting weights barbell bodybuilder deadlift lifter powerlifting weight|女生举重 举重 女 训练|女生舉重 女 舉重 鍛鍊
🚴|person biking bicycle bicyclist bike cycle cyclist riding sport|骑自行车 单车 脚踏车 自行车 自行车赛 自行车骑士 运动 骑单车 骑脚踏车者|騎自行車 單車 腳踏車 自由車 自行車 自行車騎士 運動 鐵馬 騎登山車
🚴‍♂️|man biking bicycle bicyclist bike cycle cyclist riding sport|男生骑自行车 单车 男 自行车 骑车|男自行車手 男 腳踏車 自行車 騎車
🚴‍♀️|woman biking bicycle bicyclist bike cycle cyclist riding sport|女生骑自行车 单车 女 女生骑车 自行车 骑车|女自行車手 女 腳踏車 自行車 騎腳踏車 騎車
🚵|person mountain biking bicycle bicyclist bike cycle cyclist riding|骑山地车 体育竞技 单车 山 山地自行车 山地车 山地骑行的人 自行车 运动|騎登山車 單車 登山車 腳踏車 自行車 自行車騎士 運動 鐵馬 騎自行車
🚵‍♂️|man mountain biking bicycle bicyclist bike cycle cyclist riding|男生骑山地车 单车 山地车 男 自行车 骑山地车的人|男登山車手 男 登山車
🚵‍♀️|woman mountain biking bicycle bicyclist bike cycle cyclist riding|女生骑山地车 单车 女 山地车 自行车 骑车|女登山車手 女 登山車
🤸|person cartwheeling active cartwheel excited flip gymnastics happy somersault|侧手翻 人 体操 体育 兴奋 快乐 杂技 活泼 翻筋斗|側翻 倒立 活潑 筋斗 興奮 跟斗 運動 運動員 開心
🤸‍♂️|man cartwheeling active cartwheel excited flip gymnastics happy somersault|男生侧手翻 体操 侧手翻 兴奋 快乐 杂技 活泼 男 男子侧手翻|男生側翻 倒立 活潑 筋斗 翻跟斗 興奮 跟斗 運動 運動員
🤸‍♀️|woman cartwheeling active cartwheel excited flip gymnastics happy somersault|女生侧手翻 体操 侧手翻 兴奋 女 女子侧手翻 快乐 杂技 活泼|女生側翻 倒立 活潑 筋斗 翻跟斗 興奮 跟斗 運動 運動員
🤼|people wrestling combat duel grapple ring tournament wrestle|摔跤选手 人 体育 对决 打架 搏斗 摔跤 摔跤比赛 擂台争霸|摔角手 單挑 拼了 搏鬥 摔角 比賽 競賽 角力 運動員
🤼‍♂️|men wrestling combat duel grapple ring tournament wrestle|男生摔跤 对决 打架 搏斗 摔跤 摔跤比赛 擂台争霸 男 男子摔跤|男子摔角 單挑 拼了 搏鬥 摔角 比賽 競賽 角力 運動員
🤼‍♀️|women wrestling combat duel grapple ring tournament wrestle|女生摔跤 女 女子摔跤 对决 打架 搏斗 摔跤 摔跤比赛 擂台争霸|女子摔角 單挑 拼了 搏鬥 摔角 比賽 競賽 角力 運動員
🤽|person playing water polo sport swimming waterpolo|水球 人 体育 水上足球 水上运动 游泳 马可波罗游戏|水球運動 人物 水上 水球 游泳 運動
🤽‍♂️|man playing water polo sport swimming waterpolo|男生玩水球 水上足球 水上运动 水球 游泳 男 男子玩水球 马可波罗游戏|男生打水球 人物 水球 游泳 男 運動
🤽‍♀️|woman playing water polo sport swimming waterpolo|女生玩水球 女 女子玩水球 水上足球 水上运动 水球 游泳 马可波罗游戏|女生打水球 人物 女 水球 游泳 運動
🤾|person playing handball athletics ball catch chuck hurl lob|手球 人 体育 投 投球 抛 接球 犯规投球 球|手球 丟球 人物 扔 投擲 接 球類 運動 運動員
🤾‍♂️|man playing handball athletics ball catch chuck hurl lob|男生玩手球 墙手球 手球 男|男生打手球 手球 男
🤾‍♀️|woman playing handball athletics ball catch chuck hurl lob|女生玩手球 女 女子玩手球 手球 扔 投球 抛 接球 犯规投球|女生打手球 丟球 人物 女 手球 扔 投擲 接 運動
🤹|person juggling act balance balancing handle juggle manage multitask|抛接杂耍 一心多用 人 平衡 平衡艺术 抛接 抛接球 操纵 杂技|雜耍 人物 多才多藝 平衡 平衡感 技藝 特技 表演
🤹‍♂️|man juggling act balance balancing handle juggle manage multitask|男生抛接杂耍 一心多用 平衡艺术 抛接球 操纵 杂技 杂耍 男 男子|男生玩雜耍 人物 多才多藝 平衡 男 表演 雜耍
🤹‍♀️|woman juggling act balance balancing handle juggle manage multitask|女生抛接杂耍 女 杂技 杂耍 颠球|女生玩雜耍 多工處理 女 雜耍
🧘|person in lotus position cross legged legs meditation peace|盘腿的人 冥想 放松 沉思 瑜伽 盘腿而坐 禅 莲花坐的人|盤坐 冥想 打坐 放鬆 瑜珈 盤腿 蓮花座 靜坐
🧘‍♂️|man in lotus position cross legged legs meditation peace|盘腿的男人 和尚 瑜伽男|盤坐男子
🧘‍♀️|woman in lotus position cross legged legs meditation peace|盘腿的女人 尼姑 比丘尼 瑜伽女|盤坐女子
🛀|person taking bath bathtub tub|洗澡的人 洗澡 浴盆 浴缸 澡盆 盆浴|盆浴 洗澡
🛌|person in bed bedtime good goodnight hotel nap night|躺在床上的人 入睡 夜里 宾馆 晚安 酒店|睡覺 夜裡 打瞌睡 旅館 晚安 睡眠時 要睡著了
🧑‍🤝‍🧑|people holding hands bae bestie bff couple dating flirt|手拉手的两个人 两个人手牵手 人 情侣 手 手牵手的人 拉手 握手 牵手|握手的人 人 情侶 握手 牽手 牽手的人 牽牽
👭|women holding hands bae bestie bff couple dating flirt|手拉手的两个女人 两个女人 好朋友 情侣 手拉手 朋友|兩個女人 lgbt 兩個女人手拉手 女兒 女朋友 好朋友 姐妹 姐妹淘 手拉手
👫|woman and man holding hands bae bestie bff couple|手拉手的一男一女 一男一女 情侣 手拉手 相恋|一男一女 一男一女手拉手 手拉手 相戀 約會 調情
👬|men holding hands bae bestie bff boys brothers couple|手拉手的两个男人 两个男人 双子座 情侣 手拉手 朋友 黄道十二宫|兩個男人 lgbt 兩個男人手拉手 手拉手 雙胞胎
💏|kiss anniversary babe bae couple date dating heart love|亲吻 宝贝 情侣 接吻 浪漫 约会|親 女朋友 寶貝 愛情 接吻 男朋友 約會
👩‍❤️‍💋‍👨|kiss woman man anniversary babe bae couple date dating|亲吻: 女人男人 亲吻 女人 宝贝 情侣 接吻 浪漫 男人 约会|親：女人 男人 女人 女朋友 寶貝 愛情 接吻 男人 男朋友 約會
👨‍❤️‍💋‍👨|kiss man anniversary babe bae couple date dating heart|亲吻: 男人男人 亲吻 宝贝 情侣 接吻 浪漫 男人 约会|親：男人 男人 女朋友 寶貝 愛情 接吻 男人 男朋友 約會 親
👩‍❤️‍💋‍👩|kiss woman anniversary babe bae couple date dating heart|亲吻: 女人女人 亲吻 女人 宝贝 情侣 接吻 浪漫 约会|親：女人 女人 女人 女朋友 寶貝 愛情 接吻 男朋友 約會 親
💑|couple with heart anniversary babe bae dating kiss love|情侣 恋爱 浪漫 红心 约会|相愛 一對 男女
👩‍❤️‍👨|couple with heart woman man anniversary babe bae dating|情侣: 女人男人 女人 恋爱 情侣 浪漫 男人 红心 约会|相愛：女人 男人 一對 女人 男人 男女 相愛
👨‍❤️‍👨|couple with heart man anniversary babe bae dating kiss|情侣: 男人男人 恋爱 情侣 浪漫 男人 红心 约会|相愛：男人 男人 一對 男人 男女 相愛
👩‍❤️‍👩|couple with heart woman anniversary babe bae dating kiss|情侣: 女人女人 女人 恋爱 情侣 浪漫 红心 约会|相愛：女人 女人 一對 女人 男女 相愛
👨‍👩‍👦|family man woman boy child|家庭: 男人女人男孩 亲子 女人 家庭 父母和儿子 男人 男孩|家庭：男人 女人 男孩 女人 家庭 男人 男孩 親子
👨‍👩‍👧|family man woman girl child|家庭: 男人女人女孩 亲子 女人 女孩 家庭 父母和儿子 男人|家庭：男人 女人 女孩 女人 女孩 家庭 男人 親子
👨‍👩‍👧‍👦|family man woman girl boy child|家庭: 男人女人女孩男孩 亲子 女人 女孩 家庭 父母和儿子 男人 男孩|家庭：男人 女人 女孩 男孩 女人 女孩 家庭 男人 男孩 親子
👨‍👩‍👦‍👦|family man woman boy child|家庭: 男人女人男孩男孩 亲子 女人 家庭 父母和儿子 男人 男孩|家庭：男人 女人 男孩 男孩 女人 家庭 男人 男孩 親子
👨‍👩‍👧‍👧|family man woman girl child|家庭: 男人女人女孩女孩 亲子 女人 女孩 家庭 父母和儿子 男人|家庭：男人 女人 女孩 女孩 女人 女孩 家庭 男人 親子
👨‍👨‍👦|family man boy child|家庭: 男人男人男孩 亲子 家庭 父母和儿子 男人 男孩|家庭：男人 男人 男孩 家庭 男人 男孩 親子
👨‍👨‍👧|family man girl child|家庭: 男人男人女孩 亲子 女孩 家庭 父母和儿子 男人|家庭：男人 男人 女孩 女孩 家庭 男人 親子
👨‍👨‍👧‍👦|family man girl boy child|家庭: 男人男人女孩男孩 亲子 女孩 家庭 父母和儿子 男人 男孩|家庭：男人 男人 女孩 男孩 女孩 家庭 男人 男孩 親子
👨‍👨‍👦‍👦|family man boy child|家庭: 男人男人男孩男孩 亲子 家庭 父母和儿子 男人 男孩|家庭：男人 男人 男孩 男孩 家庭 男人 男孩 親子
👨‍👨‍👧‍👧|family man girl child|家庭: 男人男人女孩女孩 亲子 女孩 家庭 父母和儿子 男人|家庭：男人 男人 女孩 女孩 女孩 家庭 男人 親子
👩‍👩‍👦|family woman boy child|家庭: 女人女人男孩 亲子 女人 家庭 父母和儿子 男孩|家庭：女人 女人 男孩 女人 家庭 男孩 親子
👩‍👩‍👧|family woman girl child|家庭: 女人女人女孩 亲子 女人 女孩 家庭 父母和儿子|家庭：女人 女人 女孩 女人 女孩 家庭 親子
👩‍👩‍👧‍👦|family woman girl boy child|家庭: 女人女人女孩男孩 亲子 女人 女孩 家庭 父母和儿子 男孩|家庭：女人 女人 女孩 男孩 女人 女孩 家庭 男孩 親子
👩‍👩‍👦‍👦|family woman boy child|家庭: 女人女人男孩男孩 亲子 女人 家庭 父母和儿子 男孩|家庭：女人 女人 男孩 男孩 女人 家庭 男孩 親子
👩‍👩‍👧‍👧|family woman girl child|家庭: 女人女人女孩女孩 亲子 女人 女孩 家庭 父母和儿子|家庭：女人 女人 女孩 女孩 女人 女孩 家庭 親子
👨‍👦|family man boy child|家庭: 男人男孩 亲子 家庭 父母和儿子 男人 男孩|家庭：男人 男孩 家庭 男人 男孩 親子
👨‍👦‍👦|family man boy child|家庭: 男人男孩男孩 亲子 家庭 父母和儿子 男人 男孩|家庭：男人 男孩 男孩 家庭 男人 男孩 親子
👨‍👧|family man girl child|家庭: 男人女孩 亲子 女孩 家庭 父母和儿子 男人|家庭：男人 女孩 女孩 家庭 男人 親子
👨‍👧‍👦|family man girl boy child|家庭: 男人女孩男孩 亲子 女孩 家庭 父母和儿子 男人 男孩|家庭：男人 女孩 男孩 女孩 家庭 男人 男孩 親子
👨‍👧‍👧|family man girl child|家庭: 男人女孩女孩 亲子 女孩 家庭 父母和儿子 男人|家庭：男人 女孩 女孩 女孩 家庭 男人 親子
👩‍👦|family woman boy child|家庭: 女人男孩 亲子 女人 家庭 父母和儿子 男孩|家庭：女人 男孩 女人 家庭 男孩 親子
👩‍👦‍👦|family woman boy child|家庭: 女人男孩男孩 亲子 女人 家庭 父母和儿子 男孩|家庭：女人 男孩 男孩 女人 家庭 男孩 親子
👩‍👧|family woman girl child|家庭: 女人女孩 亲子 女人 女孩 家庭 父母和儿子|家庭：女人 女孩 女人 女孩 家庭 親子
👩‍👧‍👦|family woman girl boy child|家庭: 女人女孩男孩 亲子 女人 女孩 家庭 父母和儿子 男孩|家庭：女人 女孩 男孩 女人 女孩 家庭 男孩 親子
👩‍👧‍👧|family woman girl child|家庭: 女人女孩女孩 亲子 女人 女孩 家庭 父母和儿子|家庭：女人 女孩 女孩 女人 女孩 家庭 親子
🗣️|speaking head face silhouette speak|说话 剪影 头 脸 讲话 说话头|說話的人影 剪影 說話
👤|bust in silhouette mysterious shadow|人像 剪影 半身 半身像|肖像剪影 剪影 神秘 陰影
👥|busts in silhouette bff bust everyone friend friends people|双人像 剪影 半身 半身像 朋友|雙人肖像剪影 剪影 朋友 每個人
🫂|people hugging comfort embrace farewell friendship goodbye hello hug|人的拥抱 再见 友谊 告别 安慰 您好 感谢 抱抱 拥抱|擁抱的人 再見 友情 安慰 愛 抱抱 掰掰 擁抱 謝謝
👪|family child|家庭 亲子 父母和儿子|家庭 親子
👣|footprints barefoot clothing footprint omw print walk|脚印 在路上 赤脚 足迹|腳印 在路上 裸足 赤腳 足跡
# nature
🐵|monkey face animal banana|猴头 动物 猴 猴子|猴子頭 動物 猴
🐒|monkey animal banana|猴子 猴|猴子 動物 猴 香蕉
🦍|gorilla animal|大猩猩 动物|大猩猩 動物 猩猩
🦧|orangutan animal ape monkey|红毛猩猩 动物 猩猩 猴 猴子 猿|猩猩 人猿 動物 猴子
🐶|dog face adorbs animal pet puppies puppy|狗脸 宠物 小狗 汪星人 狗 脸|狗頭 寵物 小狗 狗 狗臉
🐕|dog animal animals dogs pet|狗 动物 宠物 小狗 汪星人|狗 動物
🦮|guide dog accessibility animal blind|导盲犬 指引 无障碍 盲 盲人|導盲犬 導盲 行動不便 視障
🐕‍🦺|service dog accessibility animal assistance|服务犬 工作犬 无障碍 服务 犬 狗 辅助|服務犬 服務 狗 行動不便 輔助
🐩|poodle animal dog fluffy|贵宾犬 卷毛狗 毛茸茸 狗|貴賓犬 捲毛狗 貴賓狗
🐺|wolf animal face|狼 头 狼头 脸|狼 動物 狼面
🦊|fox animal face|狐狸 动物 头 狐狸的脸 脸|狐狸 動物
🦝|raccoon animal curious sly|浣熊 动物 好奇 淘气 狡猾|浣熊 好奇 淘氣 狡猾
🐱|cat face animal kitten kitty pet|猫脸 宠物 猫 猫咪 脸|貓頭 動物 貓
🐈|cat animal animals cats kitten pet|猫 宠物 小猫|貓 小貓
🐈‍⬛|black cat animal feline halloween meow unlucky|黑猫 万圣节 不吉利 动物 喵 喵星人 猫 猫科 黑色|黑貓 不幸 動物 喵 萬聖節 貓 貓咪 黑 黑色
🦁|lion alpha animal face leo mane order rawr roar|狮子 狮子头 狮子座 脸 黄道十二宫|獅子 獅 獅子座
🐯|tiger face animal big cat predator|老虎头 森林之王 老虎 脸|老虎頭 巧虎 虎 虎面
🐅|tiger animal big cat predator zoo|老虎 动物园 虎|老虎 動物 掠食動物 虎
🐆|leopard animal big cat predator zoo|豹子 动物 猎豹 豹|花豹 豹 豹子
🐴|horse face animal dressage equine farm horses|马头 盛装舞步 马|馬頭 動物 盛裝馬術 馬 馬術
🫎|moose alces animal antlers elk mammal|驼鹿 动物 哺乳动物 鹿角 麋鹿|麋鹿 動物 哺乳動物 駝鹿 麋 麋鹿，動物，角，駝鹿，麋，哺乳類
🫏|donkey animal ass burro hinny mammal mule stubborn|驴 倔强 动物 哺乳动物 固执的 犟 驴子 骡 骡子|驢 傻子 動物 哺乳動物 白癡 笨蛋 頑固 騾 驢子
🐎|horse animal equestrian farm racehorse racing|马 动物 比赛 赛马 骑马|馬 動物 賽馬 馬術
🦄|unicorn face|独角兽 头 独角兽头 脸|獨角獸
🦓|zebra animal stripe|斑马 条纹|斑馬 動物 條紋
🦌|deer animal|鹿 动物|鹿 動物
🦬|bison animal buffalo herd wisent|大野牛 动物 欧洲野牛 水牛 牛 牦牛 畜群 野牛|野牛 動物 水牛 牧群
🐮|cow face animal farm milk moo|奶牛头 乳牛 奶牛 母牛 牛头 脸|牛頭 牛
🐂|ox animal animals bull farm taurus zodiac|公牛 牛 金牛座 黄道十二宫|公牛 動物 牛 金牛座
🐃|water buffalo animal zoo|水牛|水牛 動物 牛
🐄|cow animal animals farm milk moo|奶牛 乳牛 牛|乳牛 動物 牛
🐷|pig face animal bacon farm pork|猪头 八戒 猪 脸|豬頭 豬
🐖|pig animal bacon farm pork sow|猪 培根 猪肉|豬 動物 培根 豬肉
🐗|boar animal pig|野猪 动物 猪|野豬 動物 豬
🐽|pig nose animal face farm smell snout|猪鼻子 猪 脸 闻 鼻 鼻子|豬鼻子
🐏|ram animal aries horns male sheep zodiac zoo|公羊 白羊座 羊 雄性 黄道十二宫|公羊 動物 白羊座 羊
🐑|ewe animal baa farm female fluffy lamb sheep wool|母羊 咩 毛茸茸 绵羊 羊 羊毛 雌性|綿羊 動物 毛茸茸 羊 羊毛
🐐|goat animal capricorn farm milk zodiac|山羊 摩羯座 黄道十二宫|山羊 動物 摩羯座 羊
🐪|camel animal desert dromedary hump one|骆驼 单峰 单峰驼 沙漠 驼峰|單峰駱駝 動物 駱駝
🐫|two-hump camel animal bactrian desert hump two|双峰骆驼 双峰 沙漠 骆驼|雙峰駱駝 動物 雙蜂駱駝 駱駝
🦙|llama alpaca animal guanaco vicuña wool|美洲鸵 动物 原驼 小羊驼 无峰驼 羊毛 羊驼 骆马|羊駝 動物 小羊駝 毛 羊毛 羊駝毛 美野生羊駝
🦒|giraffe animal spots|长颈鹿 斑点|長頸鹿
🐘|elephant animal|大象 动物 象|大象 象
🦣|mammoth animal extinction large tusk wooly|猛犸 动物 大型 有绒毛的 灭绝 猛犸象 长毛象 长牙|毛象 動物 巨大 猛瑪象 絕種 象牙 長毛象
🦏|rhinoceros animal|犀牛 动物|犀牛 動物
🦛|hippopotamus animal hippo|河马 动物|河馬 動物
🐭|mouse face animal|老鼠头 鼠|老鼠頭 動物 耗子 鼠
🐁|mouse animal animals|老鼠 耗子 鼠|小老鼠 動物 耗子 鼠
🐀|rat animal|耗子 鼠|老鼠 動物 耗子 鼠
🐹|hamster animal face pet|仓鼠 仓鼠头 啮齿 头 宠物 脸|倉鼠 寵物鼠
🐰|rabbit face animal bunny pet|兔子头 兔 兔宝宝 宠物|兔子頭 兔 兔子臉 動物
🐇|rabbit animal bunny pet|兔子 兔 动物|兔子 兔 動物
🐿️|chipmunk animal squirrel|松鼠 花栗鼠 金花鼠|松鼠 花栗鼠
🦫|beaver animal dam teeth|海狸 动物 大板牙 母畜|海狸 動物 水壩 牙
🦔|hedgehog animal spiny|刺猬 多刺|刺蝟 多刺
🦇|bat animal vampire|蝙蝠 吸血鬼|蝙蝠 吸血
🐻|bear animal face grizzly growl honey|熊 低吼 头 灰熊 熊头 熊脸 脸|熊 動物 熊面
🐻‍❄️|polar bear animal arctic white|北极熊 北极 熊 白色|北極熊 極地 熊 白色
🐨|koala animal australia bear down face marsupial under|考拉 动物 有袋类动物 树袋熊 澳大利亚|無尾熊
🐼|panda animal bamboo face|熊猫 头 熊猫脸 猫熊 猫熊脸 胖达 脸|熊貓 貓熊
🦥|sloth lazy slow|树懒 慢 懒 爬树 迟缓|樹懶 慢 懶 懶散
🦦|otter animal fishing playful|水獭 动物 好玩 捕鱼 爱开玩笑 獭 鼬|水獺 好玩 釣魚
🦨|skunk animal stink|臭鼬 熏 臭 鼬|臭鼬 臭
🦘|kangaroo animal joey jump marsupial|袋鼠 动物 小袋鼠 有袋目动物 有袋类动物 澳洲 跳 跳跃|袋鼠 動物 小袋鼠 有袋動物 有袋目 澳洲 跳
🦡|badger animal honey pester|獾 动物 打扰 纠缠 蜜獾|獾 動物 糾纏 蜜獾
🐾|paw prints feet paws print|爪印 爪 爪子 足迹|動物腳印 足跡
🦃|turkey bird gobble thanksgiving|火鸡 感恩节|火雞 感恩節
🐔|chicken animal bird ornithology|鸡 动物|雞 動物
🐓|rooster animal bird ornithology|公鸡 动物 鸡|公雞 動物 雞
🐣|hatching chick animal baby bird egg|小鸡破壳 小鸡 破壳|小雞破蛋 孵化
🐤|baby chick animal bird ornithology|小鸡 鸡|小雞的臉 小雞
🐥|front-facing baby chick animal bird newborn ornithology|正面朝向的小鸡 小鸡|小雞 正面小雞
🐦|bird animal ornithology|鸟 动物 鸟类学|鳥 動物 鳥類學
🐧|penguin animal antarctica bird ornithology|企鹅 南极 南极洲|企鵝 南極
🕊️|dove bird fly ornithology peace|鸽 和平 和平象征 飞翔 鸟 鸽子|飛鳥 和平鴿 鳥 鴿子
🦅|eagle animal bird ornithology|鹰 老鹰 鸟|老鷹 動物 鳥
🦆|duck animal bird ornithology|鸭子 鸟 鸭|鴨子 鳥 鴨
🦢|swan animal bird cygnet duckling ornithology ugly|天鹅 丑小鸭 动物 小天鹅 鸟|天鵝 動物 小天鵝 醜小鴨 鳥
🦉|owl animal bird ornithology wise|猫头鹰 睿智 鸟|貓頭鷹 動物 智慧 有智慧 貓頭應 鳥
🦤|dodo animal bird extinction large ornithology|渡渡鸟 动物 灭绝 鸟|渡渡鳥 動物 巨鳥 模里西斯 絕種 鳥
🪶|feather bird flight light plumage|羽毛 轻 飞 鸟|羽毛 輕 飄 飛
🦩|flamingo animal bird flamboyant ornithology tropical|火烈鸟 华丽 热带 红鹳 艳丽|紅鶴 熱帶 鮮豔
🦚|peacock animal bird colorful ornithology ostentatious peahen pretty proud|孔雀 卖弄 招摇 色彩缤纷 雌孔雀 骄傲 鸟|孔雀 動物 孔雀開屏 賣弄 雌孔雀 驕傲 鳥
🦜|parrot animal bird ornithology pirate talk|鹦鹉 剽窃 模仿 说话 鸟|鸚鵡 海盜 說話 講話 鳥
🪽|wing angelic ascend aviation bird fly flying heavenly mythology|翅膀 升天 天使 天使的 天堂的 神话 翱翔 飞翔 飞行|翅膀 天使 神話 翼，翅膀，天使，升天，天堂，飛，神話，飛行 飛翔 飛行 鳥
🐦‍⬛|black bird animal beak caw corvid crow ornithology raven|黑色的鸟 乌鸦 动物 喙 渡鸦 秃鼻乌鸦 老鸦 鸟 鸦叫声|黑鳥 渡鴉 烏鴉 烏鴉，喙，渡鴉，黑色，鴉叫聲，呱呱，鳥，動物 白嘴鴉 鳥 黑
🪿|goose animal bird duck flock fowl gaggle gander geese|鹅 傻 傻瓜 动物 嘎嘎叫声 家禽 雄鹅 鸟 鸣叫|鵝 傻瓜 呆子 家禽 愚蠢 糊塗 飛禽 鳥 鵝叫聲
🐸|frog animal face|青蛙 动物 头 脸 青蛙头|青蛙 蛙
🐊|crocodile animal zoo|鳄鱼|鱷魚 動物 鱷
🐢|turtle animal terrapin tortoise|龟 乌龟 海龟 陆龟|烏龜 龜
🦎|lizard animal reptile|蜥蜴 爬行动物|蜥蜴 爬行動物
🐍|snake animal bearer ophiuchus serpent zodiac|蛇 持票人 狡猾的人 蛇夫座 黄道十二宫|蛇 蛇夫座 青蛇
🐲|dragon face animal fairy fairytale tale|龙头 神话 童话 龙|龍頭 動物 神話故事 龍
🐉|dragon animal fairy fairytale knights tale|龙 中国 权力的游戏|龍 中國龍 動物 權力遊戲
🦕|sauropod brachiosaurus brontosaurus dinosaur diplodocus|蜥蜴类 万龙属 恐龙 梁龙 腕龙 雷龙|蜥腳類恐龍 恐龍 梁龍 長頸巨龍 雷龍
🦖|t-rex dinosaur rex t tyrannosaurus|霸王龙 恐龙 暴龙 暴龙君主|暴龍 恐龍 雷克斯暴龍 霸王龍
🐳|spouting whale animal beach face ocean|喷水的鲸 喷水 鲸|鯨魚 噴水 鯨魚噴水
🐋|whale animal beach ocean|鲸鱼|藍鯨 鯨
🐬|dolphin animal beach flipper ocean|海豚 鸭脚板|海豚 動物
🦭|seal animal lion ocean sea|海豹 动物 海洋 海狮|海豹 動物 海洋 海獅
🐟|fish animal dinner fishes fishing pisces zodiac|鱼 双鱼座 星座 黄道十二宫|魚 動物 雙魚座
🐠|tropical fish animal fishes|热带鱼 热带 鱼|熱帶魚 魚
🐡|blowfish animal fish|河豚 鱼|河豚 魚
🦈|shark animal fish|鲨鱼 鱼 鲨|鯊魚 動物 魚
🐙|octopus animal creature ocean|章鱼 八爪 鱼|章魚 八爪魚
🐚|spiral shell animal beach conch sea|海螺 螺 螺旋|海螺 動物 螺旋貝殼 貝殼
🪸|coral change climate ocean reef sea|珊瑚 气候变化 海洋 珊瑚礁 礁|珊瑚 氣候變遷 海 海洋 珊瑚礁 礁 礁石
🪼|jellyfish animal aquarium burn invertebrate jelly life marine ocean|水母 刺毛 动物 发光 哎哟 无脊椎动物 有刺动物 果冻 水族馆|水母 好痛 果凍 果醬 水母，海洋，觸鬚，蜉蝣生物，水族館，海，海洋，海洋生物，螫，動物 海生 灼痛感 無脊椎動物 蜇人
🦀|crab cancer zodiac|蟹 巨蟹座 螃蟹 黄道十二宫|螃蟹 巨蟹座 紅蟳 蟹
🦞|lobster animal bisque claws seafood|龙虾 浓汤 海鲜 红龙虾 贝类浓汤 钳 鳌|龍蝦 海鮮 海鮮濃湯 濃湯 爪 紅龍蝦 鉗
🦐|shrimp food shellfish small|虾 甲壳 贝类水产 食物|蝦子 甲殼 蝦 食物
🦑|squid animal food mollusk|乌贼 墨鱼 软体动物 食物 鱿鱼|魷魚 軟體動物 食物
🦪|oyster diving pearl|牡蛎 海鲜 珍珠 生蚝|牡蠣 潛水 珍珠
🐌|snail animal escargot garden nature slug|蜗牛 法国蜗牛|蝸牛
🦋|butterfly insect pretty|蝴蝶 昆虫 漂亮 美丽|蝴蝶 昆蟲 美
🐛|bug animal garden insect|毛毛虫 昆虫 毛虫|毛毛蟲 毛蟲
🐜|ant animal garden insect|蚂蚁|螞蟻 動物 蟻
🐝|honeybee animal bee bumblebee honey insect nature spring|蜜蜂 勤劳 昆虫 蜂蜜|蜜蜂 動物 春天 蜂
🪲|beetle animal bug insect|甲虫 动物 昆虫 虫子|甲蟲 動物 昆蟲 蟲 金龜子
🐞|lady beetle animal garden insect ladybird ladybug nature|瓢虫 昆虫 母|瓢蟲 昆蟲
🦗|cricket animal bug grasshopper insect orthoptera|蟋蟀 昆虫 蚱蜢 蛐蛐|蟋蟀 直翅目 蚱蜢 蟲子
🪳|cockroach animal insect pest roach|蟑螂 动物 害虫 小强 昆虫 虫子|蟑螂 動物 噁心 小強 昆蟲
🕷️|spider animal insect|蜘蛛 昆虫|蜘蛛
🕸️|spider web|蜘蛛网 蛛网 蜘蛛|蜘蛛網 網狀 蛛網 蜘蛛
🦂|scorpion scorpio scorpius zodiac|蝎子 天蝎宫 天蝎座 黄道十二宫|蠍子 天蠍座 蠍
🦟|mosquito bite disease fever insect malaria pest virus|蚊子 发烧 发热 昆虫 疟疾 疾病 病 病毒|蚊子 疾病 病毒 瘧疾 發燒 蟲 蟲咬 蟲子
🪰|fly animal disease insect maggot pest rotting|苍蝇 动物 害虫 疾病 腐烂 虫子 蛆|蒼蠅 動物 昆蟲 腐爛 舌蠅 馬蠅
🪱|worm animal annelid earthworm parasite|蠕虫 动物 寄生虫 环节动物 蚯蚓|蠕蟲 動物 寄生蟲 環節動物 蚯蚓 蟲
🦠|microbe amoeba bacteria science virus|细菌 变形虫 病毒 科学 阿米巴|微生物 濾過性病毒 病毒 細菌 阿米巴
💐|bouquet anniversary birthday date flower love plant romance|花束 周年纪念 生日 罗曼史 鲜花|花束 浪漫 週年 鮮花
🌸|cherry blossom flower plant spring springtime|樱花 花|櫻花 花
💮|white flower|白花 花|白花 花
🪷|lotus beauty buddhism calm flower hinduism peace purity serenity|莲花 佛教 印度教 幽静 恬静 纯洁 花 花朵|蓮花 佛教 印度 印度教 寧靜 平和 平靜 純潔 花
🏵️|rosette plant|圆形花饰 光荣花 植物 花 花圈|花朵 玫瑰花圖案 花
🌹|rose beauty elegant flower love plant red valentine|玫瑰 优雅 红玫瑰 花|玫瑰 紅玫瑰 花
🥀|wilted flower dying|枯萎的花 凋谢 枯萎 花|枯萎花朵 凋零 枯萎 花
🌺|hibiscus flower plant|芙蓉 木槿 植物 花|芙蓉 花
🌻|sunflower flower outdoors plant sun|向日葵 太阳 太阳花 花|向日葵 花
🌼|blossom buttercup dandelion flower plant|开花 花 蒲公英|開花 花 蒲公英
🌷|tulip blossom flower growth plant|郁金香 开花 花|鬱金香 花
🪻|hyacinth bloom bluebonnet flower indigo lavender lilac lupine plant|风信子 春天 植物 灌木 矢车菊 紫丁香 紫罗兰 紫色 羽扇豆|風信子 矢車菊 羽扇豆 花 薰衣草 金魚藻 風信子，紫色，花苞，春天，紫羅蘭，靛藍，紫丁香，薰衣草，植物，花，羽扇豆 魯冰花
🌱|seedling plant sapling sprout young|幼苗 发芽 芽 苗|苗 幼苗 發芽
🪴|potted plant decor grow house nurturing pot|盆栽植物 培育 房子 枯燥 植物 生长 盆景 盆栽 花盆|盆景 室內植物 植物 生長 盆栽 裝飾 觀賞
🌲|evergreen tree christmas forest pine|松树 圣诞树 常青树 树|常青樹 松樹 樹 聖誕樹
🌳|deciduous tree forest green habitat shedding|落叶树 树 落叶 落叶植物|落葉樹 樹
🌴|palm tree beach plant tropical|棕榈树 树 棕榈 热带|棕櫚樹 樹 熱帶
🌵|cactus desert drought nature plant|仙人掌 干旱 植物 沙漠|仙人掌 乾旱 多肉植物 沙漠
🌾|sheaf of rice ear grain grains plant|稻子 稻 米 粮食 谷物|水稻 稻子 穀物 米
🌿|herb leaf plant|药草 草药 香草|草藥 植物 葉子 香草
☘️|shamrock irish plant|三叶草 爱尔兰 苜蓿 酢浆草|三葉草 愛爾蘭 草
🍀|four leaf clover 4 four-leaf irish lucky plant|四叶草 幸运 爱尔兰的|幸運草 四 四葉草 愛爾蘭
🍁|maple leaf falling|枫叶 树叶 秋叶 落叶|楓葉 紅葉 落葉
🍂|fallen leaf autumn fall falling|落叶 叶 秋|落葉 枯葉 秋葉
🍃|leaf fluttering in wind blow flutter|风吹叶落 叶子 树叶 随风飘舞|隨風飄落的葉子 風吹葉落
🪹|empty nest branch home nesting|空巢 家 树枝 筑巢 鸟巢|空巢 家 樹枝 築巢 鳥巢
🪺|nest with eggs bird branch egg nesting|有蛋的巢 树枝 筑巢 蛋 鸟 鸟巢 鸟蛋|有蛋的巢 樹枝 築巢 蛋 鳥 鳥巢
🍄|mushroom fungus toadstool|蘑菇 毒蕈 真菌|蘑菇 蕈類 香菇
# food
🍇|grapes dionysus fruit grape|葡萄 水果|葡萄 水果
🍈|melon cantaloupe fruit|甜瓜 哈密瓜 水果 蜜瓜 香瓜|瓜 哈密瓜 水果 甜瓜 蜜瓜 香瓜
🍉|watermelon fruit|西瓜 水果|西瓜 水果
🍊|tangerine c citrus fruit nectarine orange vitamin|橘子 柑桔 柑橘 桔子 水果 油桃 维他命 c|橘子 水果
🍋|lemon citrus fruit sour|柠檬 柑橘 水果 酸|檸檬 水果
🍌|banana fruit potassium|香蕉 水果 钾|香蕉 水果 鉀
🍍|pineapple colada fruit pina tropical|菠萝 水果 热带|鳳梨 水果 熱帶水果
🥭|mango food fruit tropical|芒果 水果 热带 食物|芒果 水果 熱帶
🍎|red apple diet food fruit health ripe|红苹果 健康 水果 熟 红 苹果 食物|紅蘋果 水果 蘋果
🍏|green apple fruit|青苹果 水果 苹果 青|青蘋果 水果 蘋果
🍐|pear fruit|梨 水果|梨子 水果
🍑|peach fruit|桃 水果|桃子 水果
🍒|cherries berries cherry fruit red|樱桃 水果|櫻桃 水果
🍓|strawberry berry fruit|草莓 水果 浆果|草莓 水果
🫐|blueberries berries berry bilberry blue blueberry food fruit|蓝莓 水果 浆果 越桔 食物|藍莓 水果 漿果 莓 莓果 食物
🥝|kiwi fruit food|猕猴桃 奇异果 水果 食物|奇異果 水果 食物
🍅|tomato food fruit vegetable|西红柿 水果 番茄 蔬菜|番茄 水果 蔬果
🫒|olive food|橄榄 食物|橄欖 食物
🥥|coconut colada palm piña|椰子 棕榈 菠萝椰子兰姆酒|椰子 棕櫚 鳳梨椰汁蘭姆酒
🥑|avocado food fruit|鳄梨 水果 牛油果 酪梨 食物 黄油果|酪梨 水果 食物
🍆|eggplant aubergine vegetable|茄子 蔬菜|茄子 蔬菜
🥔|potato food vegetable|土豆 蔬菜 食物 马铃薯|馬鈴薯 根莖類 蔬菜 食物
🥕|carrot food vegetable|胡萝卜 蔬菜 食物|胡蘿蔔 根莖類 紅蘿蔔 蔬菜 食物
🌽|ear of corn crops farm maize maze|玉米 农作物 包谷 苞米|玉米 蔬菜
🌶️|hot pepper|红辣椒 辣 辣椒|辣椒 蔬菜
🫑|bell pepper capsicum food vegetable|灯笼椒 蔬菜 辣椒 青椒 食物|甜椒 蔬菜 辣椒 青椒 食物
🥒|cucumber food pickle vegetable|黄瓜 泡菜 腌菜 蔬菜 食物|小黃瓜 蔬菜 食物 黃瓜
🥬|leafy green bok burgers cabbage choy kale lettuce salad|绿叶蔬菜 卷心菜 圆白菜 小白菜 甘蓝 生菜 羽衣甘蓝 色拉 莴苣|綠葉蔬菜 小白菜 沙拉 甘藍菜 綠色葉菜 羽衣甘藍 萵苣 高麗菜
🥦|broccoli cabbage wild|西兰花 甘蓝 野生卷心菜|花椰菜 綠花椰菜 西蘭花 青花菜
🧄|garlic flavoring|蒜 佐料 大蒜 蒜头 调味|大蒜 調味 調味料
🧅|onion flavoring|洋葱 佐料 调味|洋蔥 調味 調味料
🥜|peanuts food nut peanut vegetable|花生 坚果 蔬菜 食物|花生 堅果 蔬菜 食物
🫘|beans food kidney legume small|豆 肾 豆子 豆类 食物|豆子 小 腰子 豆 豆類 食物
🌰|chestnut almond plant|栗子 杏仁|栗子 杏仁
🫚|ginger root beer health herb natural spice|姜 健康 啤酒 天然 根 根汁啤酒 根茎 草药 香料|薑 啤酒 根 薑，根，香料，香草，大自然，健康，啤酒 調味品 辛辣 香料
🫛|pea pod beans beanstalk edamame legume soybean vegetable veggie|豌豆荚 大豆 毛豆 素食者 荚 蔬菜 豆 豆类 豆茎|豌豆莢 毛豆 蔬菜 豆子 豆子，豆莢，毛豆，蔬菜，豆莖，菜，黃豆，豆類，豆 豆莢 豆類 豌豆
🍞|bread carbs food grain loaf restaurant toast wheat|面包 一条面包 全麦面包 小麦 淀粉 烤面包 谷类 食物 餐厅|吐司 全穀物 醣類 麵包
🥐|croissant bread breakfast crescent food french roll|羊角面包 新月形面包 法式 牛角面包 面包 食物|可頌 法式 牛角麵包 麵包
🥖|baguette bread food french|法式长棍面包 法式 法式长条面包 面包 食物|法國麵包 法式 食物 麵包
🫓|flatbread arepa bread food gordita lavash naan pita|扁面包 圆盘状烤饼 玉米饼 皮塔饼 薄脆饼 面包 面饼 食物|麵餅 印度南餅 圓麵餅 扁麵包 玉米麵包 糕餅 薄麵包 食物 餅
🥨|pretzel convoluted twisted|椒盐卷饼 弯曲 扭曲食品 盘绕 缠绕 错综复杂|蝴蝶餅 彎曲 椒鹽卷餅 椒鹽捲餅 盤繞 糾結
🥯|bagel bakery bread breakfast schmear|面包圈 奶酪酱 早餐 烘烤食品 硬面包圈 贝果 面包|貝果 早餐 硬麵包圈 醬 麵包
🥞|pancakes breakfast crêpe food hotcake pancake|烙饼 煎饼 薄煎饼 薄饼 食物|鬆餅 煎餅 薄餅 食物
🧇|waffle breakfast indecisive iron|华夫饼 松饼 格子饼 点心 烤 甜点 窝夫饼|格子鬆餅 早餐 楓糖 無法決定 猶豫不決 鐵 鬆餅
🧀|cheese wedge|芝士 奶酪 起司|起士 乳酪
🍖|meat on bone|排骨 带骨的肉 肉 骨|排骨 帶骨肉
🍗|poultry leg bone chicken drumstick hungry turkey|家禽的腿 家禽 火鸡 饿 骨 鸡肉 鸡腿|雞腿 帶骨肉
🥩|cut of meat chop lambchop porkchop red steak|肉块 排骨 牛排 猪排 红肉 羊排 肉 肉排|肉片 牛扒 牛排 紅肉 羊排 肉類 豬排
🥓|bacon breakfast food meat|培根 烟肉 熏肉 肉 背肯 食物|培根 肉類 食物
🍔|hamburger burger eat fast food hungry|汉堡 吃 汉堡包 速食 食物 饿|漢堡 漢堡包 餓了
🍟|french fries fast food|薯条 快餐 油炸 食物|薯條 炸薯條 速食
🍕|pizza cheese food hungry pepperoni slice|披萨 一片比萨 比萨 比萨饼 起司 辣味香肠 食物 饿|披薩 義大利辣肉腸 起士披薩
🌭|hot dog frankfurter hotdog sausage|热狗 香肠|熱狗 熱狗堡 香腸
🥪|sandwich bread|三明治 面包|三明治 麵包
🌮|taco mexican|墨西哥卷饼 卷饼 墨西哥 墨西哥玉米卷 玉米卷饼|夾餅 墨西哥夾餅
🌯|burrito mexican wrap|墨西哥玉米煎饼 卷饼 墨西哥 墨西哥卷饼 玉米煎饼|捲餅 墨西哥捲餅
🫔|tamale food mexican pamonha wrapped|墨西哥粽子 墨西哥 墨西哥饼 巴西粽 粽子 食物|玉米粉蒸肉 墨西哥 墨西哥粽 捲餅 食物
🥙|stuffed flatbread falafel food gyro kebab|夹心饼 大饼 夹心 沙拉三明治 炸豆丸子 烤肉串 肉夹馍 食物|薄捲餅 炸豆丸子 食物
🧆|falafel chickpea meatball|炸豆丸子 中东蔬菜球 油炸鹰嘴豆饼 肉丸 鹰嘴豆|油炸鷹嘴豆餅 肉丸 雪蓮子 鷹嘴豆
🥚|egg breakfast food|蛋 食物|蛋 雞蛋 食物
🍳|cooking breakfast easy egg fry frying over pan restaurant|煎蛋 一面老一面嫩的煎蛋 做菜 只煎一面老 平底锅 早餐 煎 蛋 食堂|煎蛋 荷包蛋
🥘|shallow pan of food casserole paella|装有食物的浅底锅 平底锅 浅底 炖菜 炖锅 煎锅 西班牙海鲜饭 食物|淺鍋料理 平底鍋 料理 法國砂鍋 淺鍋 烤鍋 烤鍋料理
🍲|pot of food soup stew|一锅食物 炖菜 锅 食物|火鍋 燉菜
🫕|fondue cheese chocolate food melted pot ski|奶酪火锅 奶酪 奶酪锅 巧克力 火锅 煮 煲汤 瑞士 融化|涮製菜餚 乳酪 巧克力 滑雪 瑞士 融化 起司 起司火鍋 鍋
🥣|bowl with spoon breakfast cereal congee oatmeal porridge|碗勺 早餐 燕麦 燕麦粥 碗中汤匙 碗和汤匙 稀饭 粥 谷物|碗和湯匙 早餐 早餐穀物 湯匙與碗 燕麥 粥 餐具
🥗|green salad food|绿色沙拉 沙拉 绿色蔬菜 食物|生菜沙拉 沙拉 生菜 食物
🍿|popcorn corn movie pop|爆米花 看电影|爆米花 看電影
🧈|butter dairy|黄油 乳制品 牛奶|奶油 乳製品
🧂|salt condiment flavor mad salty shaker taste upset|盐 佐料瓶 味道 咸 火大 调味品 调味料|鹽 佐料 火大 調味品 調味瓶
🥫|canned food can|罐头食品 罐头|罐頭食品 罐頭 罐頭食物
🍱|bento box food|盒饭 便当 便当盒 食物|便當 餐盒
🍘|rice cracker food|米饼 米 米果 食物|米果 仙貝 米食
🍙|rice ball food japanese|饭团 日式饭团 日本 米 食物|飯糰
🍚|cooked rice food|米饭 主食 米 食物 饭|米飯 煮熟的米飯 飯
🍛|curry rice food|咖喱饭 咖喱 食物 饭|咖哩飯 飯
🍜|steaming bowl chopsticks food noodle pho ramen soup|面条 拉面 河粉 热气腾腾 热气腾腾面碗 碗 筷子 食物|湯麵 熱麵碗 筷子 麵
🍝|spaghetti food meatballs pasta restaurant|意粉 意大利面 意面 肉丸 食物 餐厅|義大利麵 肉醬麵 麵
🍠|roasted sweet potato food|烤红薯 地瓜 烤地瓜 红薯 食物|烤地瓜 地瓜
🍢|oden food kebab restaurant seafood skewer stick|关东煮 串 卡博 海鲜 食物 餐馆|關東煮 海鮮串 烤肉串
🍣|sushi food|寿司 食物|壽司
🍤|fried shrimp prawn tempura|天妇罗 对虾 油炸 炸虾 虾|天婦羅 炸蝦 蝦
🍥|fish cake with swirl food pastry restaurant|鱼板 鱼 鱼饼|魚板
🥮|moon cake autumn festival yuèbǐng|月饼 中秋节 秋 秋天 节日|月餅 中秋 中秋節 秋天
🍡|dango dessert japanese skewer stick sweet|团子 串 和果子 日本 甜点 糖葫芦|糥米丸子 丸子串 糥米丸串
🥟|dumpling empanada gyōza jiaozi pierogi potsticker|饺子 恩潘纳达 水饺 波兰饺子 煎饺|水餃 餃子
🥠|fortune cookie prophecy|幸运饼干 签餅 算命 预言|幸運餅乾 簽餅 語言
🥡|takeout box chopsticks delivery food oyster pail|外卖盒 中式外卖 外卖 外卖包装 外卖桶 外卖餐盒 牡蛎桶 盒饭 筷子|外帶餐盒 中市外賣盒 外賣 筷子 送便當 送餐 飯盒
🍦|soft ice cream dessert food icecream restaurant serve sweet|圆筒冰激凌 冰淇淋 圆筒冰淇淋 甜 甜点 霜淇淋 食物|霜淇淋 冰品 冰淇淋
🍧|shaved ice dessert restaurant sweet|刨冰 冰 冰沙 沙冰 甜 甜点 餐馆|刨冰 冰品 刨
🍨|ice cream dessert food restaurant sweet|冰淇淋 冰 冰激凌 奶油 甜 甜点 雪糕|冰淇淋 冰品 甜品
🍩|doughnut breakfast dessert donut food sweet|甜甜圈 甜 甜点 食物|甜甜圈 甜點
🍪|cookie chip chocolate dessert sweet|饼干 巧克力片 曲奇 曲奇饼 甜点|餅乾 巧克力餅乾 甜點
🎂|birthday cake bday celebration dessert happy pastry sweet|生日蛋糕 庆祝 甜 甜点 生日 生日快乐 糕点 蛋糕|生日蛋糕 慶祝 生日 生日快樂 蛋糕
🍰|shortcake cake dessert pastry slice sweet|水果蛋糕 一片蛋糕 奶油 奶油酥饼 甜点 糕点 蛋糕|蛋糕 甜點
🧁|cupcake bakery dessert sprinkles sugar sweet treat|纸杯蛋糕 烘焙食品 甜点 请客 面包店|杯子蛋糕 杯蛋糕 烘焙 甜點 糕點
🥧|pie apple filling fruit meat pastry pumpkin slice|派 一片派 南瓜派 水果派 油酥点心 糕点 肉排 苹果派 馅|派 一片派 南瓜派 糕點 肉派 蘋果派 西點 餡
🍫|chocolate bar candy dessert halloween sweet tooth|巧克力 万圣节 巧克力棒 甜 甜品 甜点 糖果|巧克力 巧克力棒 巧克力磚
🍬|candy cavities dessert halloween restaurant sweet tooth wrapper|糖 万圣节 嗜甜食 爱吃甜食 甜 甜点 糖果 糖果纸 蛀牙|糖 糖果 糖果紙 萬聖節
🍭|lollipop candy dessert food restaurant sweet|棒棒糖 果子 甜 糖 糖果|棒棒糖 糖果
🍮|custard dessert pudding sweet|奶黄 卡士达 甜点 蛋奶冻 蛋奶沙司|卡士達 布丁 甜點
🍯|honey pot barrel bear food honeypot jar sweet|蜂蜜 小熊维尼 桶 甜 蜜罐|蜂蜜 甜點 蜂蜜罐
🍼|baby bottle babies birth born drink infant milk newborn|奶瓶 奶 婴儿 新生儿|奶瓶 牛奶
🥛|glass of milk drink|一杯奶 喝 奶 杯 牛奶|一杯牛奶 杯 牛奶 飲料
☕|hot beverage cafe caffeine chai coffee drink morning steaming|热饮 咖啡 早晨 星巴克 热气腾腾 茶 饮料|熱飲 咖啡 星巴克 茶 飲料
🫖|teapot brew drink food pot tea|茶壶 冲泡 壶 茶 食物|茶壺 壺 泡茶 茶 食物 飲品
🍵|teacup without handle beverage cup drink oolong tea|热茶 乌龙茶 无柄茶杯 杯 没有把手的茶杯 热饮 茶 茶杯 饮料|熱茶 無柄茶杯 茶 茶杯
🍶|sake bar beverage bottle cup drink restaurant|清酒 喝酒 清酒杯 清酒瓶 瓶 酒 酒吧 酒杯 饮料|清酒 喝清酒 酒
🍾|bottle with popping cork bar drink|开香槟 喝酒 庆祝 木塞 瓶子 砰 砰木塞的瓶子 香槟|洋酒 酒
🍷|wine glass alcohol bar beverage booze club drink drinking|葡萄酒 俱乐部 喝酒 酒 酒吧 酒杯 饮料|葡萄酒 紅酒 酒 酒杯
🍸|cocktail glass alcohol bar booze club drink drinking drinks|鸡尾酒 俱乐部 喝酒 杯 玻璃杯 酒 酒吧 马丁尼 鸡尾酒杯|雞尾酒 酒 酒杯 馬提尼
🍹|tropical drink alcohol bar booze club cocktail drinking drinks|热带水果饮料 俱乐部 喝酒 热带饮料 酒 酒吧 饮料 鸡尾酒|熱帶水果飲料 果汁 熱帶水果果汁
🍺|beer mug alcohol ale bar booze drink drinking drinks|啤酒 啤酒节 喝酒 杯 酒 酒吧|啤酒 啤酒節 酒
🍻|clinking beer mugs alcohol bar booze bottoms cheers clink|干杯 啤酒 喝酒 碰杯 酒 酒吧|乾杯吧 乾杯 碰杯 酒
🥂|clinking glasses celebrate clink drink glass|碰杯 喝 干杯 庆祝 杯|乾杯 慶祝 碰杯 舉杯
🥃|tumbler glass liquor scotch shot whiskey whisky|平底杯 一杯威士忌 威士忌 平底无脚杯 杯 玻璃杯 酒 随行杯|威士忌杯 威士忌 烈酒 玻璃杯 酒杯
🫗|pouring liquid accident drink empty glass oops pour spill|倾倒液体 倒出 倾倒 洒出 流出 玻璃杯 碰倒 空 饮料|倒出液體 倒 倒空 哎呀 意外 水 流出 流空 灑出
🥤|cup with straw drink juice malt soda soft water|带吸管杯 带吸管的杯子 果汁 水 汽水 苏打 苏打饮料 软饮料 麦乳精饮料|杯子和吸管 吸管杯 果汁 水 汽水 飲料 麥芽飲料
🧋|bubble tea boba food milk pearl|珍珠奶茶 奶茶 泡泡 牛奶 珍珠 茶 茶饮 饮料|珍珠奶茶 台灣 手搖 珍奶 珍珠 茶 食物 飲料
🧃|beverage box juice straw sweet|饮料盒 吸管 果汁 果汁盒 甜味 盒装|鋁箔包 吸管 果汁 甜 飲料
🧉|mate drink|马黛茶 茶 饮料|瑪黛茶 飲料
🧊|ice cold cube iceberg|冰块 冰 冰冷 冰山 冷 冷却 冷饮|冰塊 冰 冰山 冷
🥢|chopsticks hashi jeotgarak kuaizi|筷子 箸|筷子
🍽️|fork and knife with plate cooking dinner eat|餐具 做菜 刀 刀叉与盘 叉 晚餐 烹饪 盘 西餐|餐具 刀叉餐盤 餐盤
🍴|fork and knife breakfast breaky cooking cutlery delicious dinner|刀叉 中餐 刀 午餐 叉 吃 吃早餐 吃饭 好吃|刀叉 午餐 吃 吃飯 好吃 早餐 晚餐 美味 食物
🥄|spoon eat tableware|匙 勺 勺子 匙子 汤匙 调羹 餐具|湯匙 吃 餐具
🔪|kitchen knife chef cooking hocho tool weapon|菜刀 主厨 刀 武器 烹饪|菜刀 刀
🫙|jar condiment container empty nothing sauce store|罐 容器 瓶子 空 空瓶 调味品 贮藏 酱|廣口瓶 容器 果醬 沒有東西 空瓶 空的 罐子 調味品 貯存品
🏺|amphora aquarius cooking drink jug tool weapon zodiac|双耳瓶 壶 水瓶 罐|陶罐 容器
# travel
🌍|globe showing europe-africa africa earth europe world|地球上的欧洲非洲 世界 地球 欧洲 非洲|歐洲及非洲 地球 歐洲 歐非 非洲
🌎|globe showing americas earth world|地球上的美洲 世界 全球 地球 美洲|美洲 地球
🌏|globe showing asia-australia asia australia earth world|地球上的亚洲澳洲 世界 亚洲 亚澳 全球 地球 地球上的亚洲 澳洲|亞洲及澳洲 亞洲 亞澳 地球 澳洲
🌐|globe with meridians earth internet web world worldwide|带经纬线的地球 世界 全球 地球 子午线 经纬 经线|子午線 地球
🗺️|world map|世界地图 世界 地图|世界地圖 世界 地圖
🗾|map of japan|日本地图 地图 日本|日本 日本列島
🧭|compass direction magnetic navigation orienteering|指南针 定向 导航 方向 磁性 罗盘|指南針 定向 導航 方向 磁鐵 羅盤
🏔️|snow-capped mountain cold snow|雪山 冷 山 泠 雪 雪封山头 雪顶|雪山 雪峰
⛰️|mountain|山 峰|山 山峰
🌋|volcano eruption mountain nature|火山 喷发 大自然 山 爆发|火山 火山爆發
🗻|mount fuji mountain nature|富士山 大自然 山|富士山 山峰
🏕️|camping|露营 帐篷|露營 帳篷露營 露營帳篷
🏖️|beach with umbrella|沙滩伞 伞 有伞的海滩 沙滩 海滩 阳伞|海灘陽傘 海灘
🏜️|desert|沙漠 荒漠|沙漠
🏝️|desert island|无人荒岛 岛 沙滩孤岛 沙漠 荒岛|熱帶小島 沙漠 沙灘小島
🏞️|national park|国家公园 公园 自然 风景|國家公園 公園
🏟️|stadium|体育馆 竞技场|競技場 球場 運動場 體育場 體育館
🏛️|classical building|古典建筑 古典 古建筑|古典建築 古蹟
🏗️|building construction crane|施工 兴建 建筑施工|施工中 施工
🧱|brick bricks clay mortar wall|砖 墙 砂浆 黏土|磚塊 泥土 灰泥 灰漿 牆 牆壁 磚
🪨|rock boulder heavy solid stone tough|岩石 固体 坚不可摧 巨石 石头|石頭 岩石 巨石 巨礫 石材 硬
🪵|wood log lumber timber|木头 原木 圆木 木材 木桩|木頭 木塊 木料 木材
🛖|hut home house roundhouse shelter yurt|小屋 圆屋 家 茅屋 蒙古包|小屋 圓頂帳篷 家 房屋 茅屋
🏘️|houses house|房屋建筑 住宅 小区 房 房子|房屋建築 屋舍
🏚️|derelict house home|废墟 废屋 荒宅 荒废 鬼屋|廢墟 荒宅
🏠|house building country heart home ranch settle simple suburban|房子 乡村家园 住家 家 建筑 心之所在 房屋 郊区|房子 家 郊區
🏡|house with garden building country heart home ranch settle|别墅 乡村家园 住家 家 庭院 庭院居家 建筑 心之所在 房子|別墅 家 有庭院的家 郊區
🏢|office building city cubical job|办公楼 写字楼 建筑|辦公大樓 市區 都市 高樓大廈
🏣|japanese post office building|日本邮局 建筑 日本 邮便 邮局|日本郵局 郵局
🏤|post office building european|邮局 建筑 欧洲 欧洲邮局|歐洲郵局 郵局
🏥|hospital building doctor medicine|医院 医生 医药 建筑 看病|醫院 醫生 醫療 醫藥
🏦|bank building|银行 建筑|銀行
🏨|hotel building|酒店 建筑 旅馆|旅館 飯店
🏩|love hotel building|情人酒店 建筑 情人旅馆 情侣酒店 旅馆|賓館 汽車旅館
🏪|convenience store 24 building hours|便利店 24 小时 商店 建筑|便利商店 24 小時便利店
🏫|school building|学校 建筑 教学楼|學校 校舍
🏬|department store building|商场 建筑 百货公司 百货商城 百货商店|百貨公司 購物商場
🏭|factory building|工厂 建筑|工廠 廠房
🏯|japanese castle building|日本城堡 城堡 建筑 日本|日式城堡 城堡
🏰|castle building european|欧洲城堡 城堡 建筑 欧洲|歐式城堡 城堡
💒|wedding chapel hitched nuptials romance|婚礼 教堂 浪漫 结婚|婚禮 教堂婚禮
🗼|tokyo tower|东京塔 东京 塔|東京鐵塔 鐵塔
🗽|statue of liberty new ny nyc york|自由女神像 塑像 纽约 自由 雕塑|自由女神 紐約 自由女神像
⛪|church bless chapel christian cross religion|教堂 基督 基督教 宗教 小教堂|教堂 十字架 基督教
🕌|mosque islam masjid muslim religion|清真寺 伊斯兰 宗教 穆斯林|清真寺 伊斯蘭建築
🛕|hindu temple|印度寺庙 佛寺 佛教 寺庙 寺院 庙宇|印度廟 印度 廟
🕍|synagogue jew jewish judaism religion temple|犹太教堂 会堂 宗教 犹太 犹太教|猶太教堂 教堂 猶太教
⛩️|shinto shrine religion|神社 宗教 日本 神道教|神社 宗教 鳥居
🕋|kaaba hajj islam muslim religion umrah|克尔白 伊斯兰 天房 宗教 穆斯林|天房 伊斯蘭建築 朝覲
⛲|fountain|喷泉|噴泉 噴水池
⛺|tent camping|帐篷 露营|帳篷 露營
🌁|foggy fog|有雾 雾 霾|霧 天氣
🌃|night with stars star|夜晚 星空 晚上|星空 夜晚 星夜
🏙️|cityscape city|城市风光 城市 都市 都市景观 高楼大厦|都市風景 城市 天際線
🌄|sunrise over mountains morning sun|山顶日出 太阳 山 日出 早晨 清晨|日出 黎明
🌅|sunrise morning nature sun|日出 大自然 太阳 早晨 清晨|旭日 朝陽
🌆|cityscape at dusk building city evening landscape sun sunset|城市黄昏 城市 夜晚 日落 都市 黄昏|黃昏 建築物 暮色
🌇|sunset building dusk sun|日落 夕阳|夕陽 建築物 日落
🌉|bridge at night|夜幕下的桥 夜幕 晚上 桥|夜橋 夜景 橋
♨️|hot springs hotsprings steaming|温泉 水 泉 热气腾腾 蒸汽|溫泉 泡湯 熱氣
🎠|carousel horse entertainment|旋转木马 木马 游乐园|旋轉木馬
🛝|playground slide amusement park play playing sliding theme|游乐场滑梯 游乐园 游乐场 滑梯 玩 玩耍|溜滑梯 主題樂園 玩樂 遊樂場 遊玩
🎡|ferris wheel amusement park theme|摩天轮 游乐园|摩天輪 遊樂區
🎢|roller coaster amusement park theme|过山车 游乐园|雲霄飛車
💈|barber pole cut fresh haircut shave|理发店 旋转 柱 理发 理发师 理发店旋转彩柱|理髮店 修面 刮鬍 理髮
🎪|circus tent|马戏团帐篷 帐篷 马戏团|馬戲團 帳篷 馬戲團帳篷
🚂|locomotive caboose engine railway steam train trains travel|蒸汽火车 守车 旅行 火车 火车头 蒸汽 蒸汽车头 铁路|蒸汽火車 火車
🚃|railway car electric train tram travel trolleybus|轨道车 旅行 电车 铁路|有軌電車 軌道電車
🚄|high-speed train railway shinkansen speed|高速列车 动车 新干线 火车 速度 高铁|高鐵 新幹線 火車
🚅|bullet train high-speed nose railway shinkansen speed travel|子弹头高速列车 动车 子弹列车 子弹头 新干线 火车 高速 高铁|高鐡車頭 子彈列車 火車 高鐵
🚆|train arrived choo railway|火车 到站 呜呜 铁路|火車 到站 鐵道
🚇|metro subway travel|地铁 捷运|地鐵 捷運
🚈|light rail arrived monorail railway|轻轨 到站 单轨电车 火车|輕軌 抵達 捷運 火車 鐵道
🚉|station railway train|车站 地铁 捷运 火车 铁路|車站 捷運 鐵路
🚊|tram trolleybus|路面电车 捷运 电车|路面電車 捷運 軌道電車
🚝|monorail vehicle|单轨 单轨电车 火车|單軌 火車
🚞|mountain railway car trip|山区铁路 山区 山地铁路 火车 铁路|山區鐵路 火車
🚋|tram car bus trolley trolleybus|有轨电车 轨道|電纜車 電車
🚌|bus school vehicle|公交车 公交 公共汽车 大巴|公車 公共汽車
🚍|oncoming bus cars|迎面驶来的公交车 公交 公共汽车 大巴 迎面驶来|公共汽車 公車
🚎|trolleybus bus tram trolley|无轨电车 公共汽车 电车|無軌電車 公車 電動巴士
🚐|minibus bus drive van vehicle|小巴 公共汽车 开车 移动房车|小型巴士 小巴
🚑|ambulance emergency vehicle|救护车 急救 车辆|救護車
🚒|fire engine truck|消防车 救火车 火灾|消防車
🚓|police car 5–0 cops patrol|警车 巡逻 檀岛警騎 汽车 警察|警車
🚔|oncoming police car|迎面驶来的警车 汽车 警察 警车|警察車 警車
🚕|taxi cab cabbie car drive vehicle yellow|出租车 小黄 开车 汽车 的士 计程车|計程車 小黃
🚖|oncoming taxi cab cabbie cars drove hail yellow|迎面驶来的出租车 优步 出租车 叫车 小黄 开车 的士|小黃 優步 計程車
🚗|automobile car driving vehicle|汽车 开车 轿车|汽車 轎車
🚘|oncoming automobile car cars drove vehicle|迎面驶来的汽车 开车 汽车 轿车 迎面而来|轎車 汽車
🚙|sport utility vehicle car drive recreational sportutility|运动型多用途车 suv 休旅车 休闲车 开车 房车 汽车 车辆 轿车|休旅車
🛻|pickup truck automobile car flatbed pick-up transportation|敞蓬小型载货卡车 交通工具 卡车 汽车 皮卡 车 载货|皮卡車 交通工具 卡車 敞篷小貨車 汽車 皮卡 貨卡
🚚|delivery truck car drive vehicle|货车 卡车 开车 送货|貨車 卡車
🚛|articulated lorry car drive move semi truck vehicle|铰接式货车 卡车 拖车 搬运 货车 铰接式卡车|卡車 貨車
🚜|tractor vehicle|拖拉机|拖弋機 拖拉機
🏎️|racing car zoom|赛车 汽车 疾驰 跑车|賽車
🏍️|motorcycle racing|摩托车 摩托 赛车|機車 摩托車
🛵|motor scooter|小型摩托车 摩托车 踏板车|摩托車 機車
🦽|manual wheelchair accessibility|手动轮椅 无障碍 轮椅|輪椅 行動不便
🦼|motorized wheelchair accessibility|电动轮椅 无障碍 轮椅|電動輪椅 行動不便
🛺|auto rickshaw tuk|三轮摩托车 三脚鸡 三蹦子 嘟嘟车 电动三轮车 自动人力车 黄包车|嘟嘟車 電動式人力車
🚲|bicycle bike class cycle cycling cyclist gang ride spin|自行车 单车 脚踏车 自行车骑士 飞驰 骑车 骑车疾驰|自行車 腳踏車
🛴|kick scooter|滑板车|滑板車 滑行
🛹|skateboard board skate skater wheels|滑板 板 踩滑板|滑板 直排輪
🛼|roller skate blades skates sport|四轮滑冰鞋 旱冰 溜冰 溜冰鞋 滑冰 轮式 运动|輪式溜冰鞋 單排輪 溜冰 溜冰鞋 滑輪 直排輪 運動
🚏|bus stop busstop|公交车站 公交站 公共汽车站|公車站 公車站牌
🛣️|motorway highway road|高速公路 公路|高速公路 公路 道路
🛤️|railway track train|铁轨 火车 铁路|鐵軌 鐵道
🛢️|oil drum|石油桶 桶 油桶 石油|油桶 石油
⛽|fuel pump diesel fuelpump gas gasoline station|油泵 加油 加油站 柴油 燃料 燃油|加油站 加油 加油幫浦
🛞|wheel car circle tire turn vehicle|车轮 圆圈 汽车 车辆 转动 轮胎|輪子 圓圈 車 車輛 輪胎 轉動
🚨|police car light alarm alert beacon emergency revolving siren|警车灯 灯 紧急 警报 警灯 警示|警車燈 急救 警察
🚥|horizontal traffic light intersection signal stop stoplight|横向的红绿灯 交通灯 信号灯 红绿灯|紅綠燈 交通號誌
🚦|vertical traffic light drove intersection signal stop stoplight|纵向的红绿灯 交叉口 交通灯 信号灯 直的红绿灯 红绿灯|直式紅綠燈 交通號誌 十字路口 紅綠燈
🛑|stop sign octagonal|停止标志 停止 八角形 八边形 标志|停止標誌 停止 八角形 標誌
🚧|construction barrier|路障 施工|施工 工地 施工中
⚓|anchor ship tool|锚 停泊 工具 船|錨 船錨
🛟|ring buoy float life lifesaver preserver rescue safety save|救生圈 安全 救援 救生 救生用具 游泳 漂浮|救生圈 保命工具 安全 救援 救生 救生用具 浮具 浮標 游泳
⛵|sailboat boat resort sailing sea yacht|帆船 游艇 船 驾帆船|帆船 遊艇
🛶|canoe boat|独木舟 船|獨木舟 船
🚤|speedboat billionaire boat lake luxury millionaire summer travel|快艇 亿万富翁 船 豪华游艇|快艇
🛳️|passenger ship|客轮 客船 旅客|客船 客輪 船
⛴️|ferry boat passenger|渡轮 旅客 渡船 轮船|渡輪 客船 船
🛥️|motor boat motorboat|摩托艇 船|汽艇 船
🚢|ship boat passenger travel|船 旅客 旅行|船
✈️|airplane aeroplane fly flying jet plane travel|飞机 喷气机 旅行 飞行|飛機 噴射機 旅行
🛩️|small airplane aeroplane plane|小型飞机 小飞机 飞机|小飛機 小型飛機 私人飛機
🛫|airplane departure aeroplane check-in departures plane|航班起飞 值机 出境 报到 登机 离境 航班 起飞 飞机|飛機起飛 出境 登機 起飛 飛機
🛬|airplane arrival aeroplane arrivals arriving landing plane|航班降落 到达 着陆 航班 降落 飞机|飛機著陸 降落
🪂|parachute hang-glide parasail skydive|降落伞 帆伞 悬挂滑翔 滑翔 滑翔伞 跳伞|降落傘 懸掛式滑翔 拖曳傘 滑翔翼 跳傘
💺|seat chair|座位 位子 椅子|座位 座椅
🚁|helicopter copter roflcopter travel vehicle|直升机 旅行 直升飞机|直升機
🚟|suspension railway|空轨 悬挂 悬挂式单轨 空中轨道列车|懸索鐵路 懸掛式單軌鐵路 懸掛鐵路 空鐵
🚠|mountain cableway cable gondola lift ski|缆车 空中 索道|纜車
🚡|aerial tramway cable car gondola ropeway|索道 空中 缆车|空中纜車 纜車
🛰️|satellite space|卫星 太空|衛星 太空
🚀|rocket launch rockets space travel|火箭 发射 太空 旅行|火箭
🛸|flying saucer aliens extra terrestrial ufo|飞碟 ufo 不明飞行物 外星人 外星球|飛碟 ufo 外太空人 外星人 幽浮 異形
🛎️|bellhop bell hotel|服务铃 行李员 酒店 铃|服務鈴
🧳|luggage bag packing roller suitcase travel|行李箱 包装 手提箱 旅行 滚轮提箱 行李|行李 手提箱 打包 旅行 滑輪行李箱
⌛|hourglass done sand time timer|沙漏 时间 计时 计时器|沙漏
⏳|hourglass not done flowing hours sand timer waiting yolo|沙正往下流的沙漏 沙 沙漏 等待 计时器|流動的沙漏 沙漏 等待
⌚|watch clock time|手表 时间 表|手錶 錶
⏰|alarm clock hours hrs late time waiting|闹钟 小时 时间 钟|鬧鐘 時鐘
⏱️|stopwatch clock time|秒表 码表 计时 计时器|碼錶 時鐘
⏲️|timer clock|定时器 时间 计时 计时器|計時器 時鐘
🕰️|mantelpiece clock time|座钟 台钟 壁炉钟 时钟|座鐘 時鐘
🕛|twelve o’clock 12 00 clock time|十二点 00 12 12:00 整点 时间 点钟 钟|十二點 午夜 正午
🕧|twelve-thirty 12 30 clock thirty time twelve|十二点半 12 12:30 30 时钟|十二點半
🕐|one o’clock 1 00 clock time|一点 00 1 1:00 时间|一點
🕜|one-thirty 1 30 clock one thirty time|一点半 1 1:30 30 时间 钟|一點半 時鐘 時間
🕑|two o’clock 2 00 clock time|两点 00 2 2:00 时钟|兩點
🕝|two-thirty 2 30 clock thirty time two|两点半 2 2:30 30 时间 钟|兩點半
🕒|three o’clock 3 00 clock time|三点 00 3 3:00 时钟|三點
🕞|three-thirty 3 30 clock thirty three time|三点半 3 30 3:30 时间 钟|三點半
🕓|four o’clock 4 00 clock time|四点 00 4 4:00 时钟|四點
🕟|four-thirty 30 4 clock four thirty time|四点半 30 4 4:30 时间 钟|四點半
🕔|five o’clock 5 00 clock time|五点 00 5 5:00 时钟|五點
🕠|five-thirty 30 5 clock five thirty time|五点半 30 5 5:30 时钟|五點半
🕕|six o’clock 6 00 clock time|六点 00 6 6:00 时钟|六點
🕡|six-thirty 30 6 clock six thirty|六点半 30 6 6:30 时钟|六點半
🕖|seven o’clock 0 7 00 clock|七点 00 7 7:00 时钟|七點
🕢|seven-thirty 30 7 clock seven thirty|七点半 30 7 7:30 时钟|七點半
🕗|eight o’clock 8 00 clock time|八点 00 8 8:00 时间 钟|八點
🕣|eight-thirty 30 8 clock eight thirty time|八点半 30 8 8:30 时钟|八點半
🕘|nine o’clock 9 00 clock time|九点 00 9 9:00 时钟|九點
🕤|nine-thirty 30 9 clock nine thirty time|九点半 30 9 9:30 时钟|九點半
🕙|ten o’clock 0 10 00 clock|十点 00 10 10:00 时钟|十點
🕥|ten-thirty 10 30 clock ten thirty time|十点半 10 10:30 30 时钟|十點半
🕚|eleven o’clock 11 00 clock time|十一点 00 11 11:00 时钟|十一點
🕦|eleven-thirty 11 30 clock eleven thirty time|十一点半 11 11:30 30 时钟|十一點半
🌑|new moon dark space|朔月 新月 月亮|新月 月亮 朔月
🌒|waxing crescent moon dreams space|蛾眉月 三日月 娥眉月 弯月 月亮 盈月 眉月|眉形新月 彎月
🌓|first quarter moon space|上弦月 月亮|上弦月 月亮
🌔|waxing gibbous moon space|盈凸月 月亮|盈凸月 月亮
🌕|full moon space|满月 月亮 望月|滿月 月亮 望月
🌖|waning gibbous moon space|亏凸月 月亮 衰落|虧凸月 漸盈月
🌗|last quarter moon space|下弦月 月亮|下弦月 月亮
🌘|waning crescent moon space|残月 亏眉月 弯月 月亮|眉形殘月 殘月
🌙|crescent moon ramadan space|弯月 娥眉月 新月形 月亮 残月 蛾眉月|彎月 新月 月亮 月牙 残月
🌚|new moon face space|微笑的朔月 新月 月亮 朔月|月亮公公 新月臉 月亮 朔月
🌛|first quarter moon face space|微笑的上弦月 上弦月 月亮 蛾眉月|彎月臉朝左 上弦月 月亮 眉月
🌜|last quarter moon face dreams|微笑的下弦月 下弦月 月亮 残月|彎月臉朝右 下弦月 月亮
🌡️|thermometer weather|温度计 天气 气温 温度|溫度計
☀️|sun bright rays space sunny weather|太阳 光线 晴 晴天 阳光明媚 阳光普照|太陽 明亮 晴天 晴朗 陽光
🌝|full moon face bright|微笑的月亮 月亮 望月 满月|微笑的滿月 月亮
🌞|sun with face beach bright day heat shine sunny|微笑的太阳 太阳 温暖阳光 阳光明媚|微笑的太陽 太陽
🪐|ringed planet saturn saturnine|有环行星 土星 行星|帶行星環的行星 土星 土星環
⭐|star astronomy medium stars white|星星 五角星 白色星星|星星 白色中型星
🌟|glowing star glittery glow night shining sparkle win|闪亮的星星 发光 星星 闪亮 闪光|閃爍的星星 星星
🌠|shooting star falling night space|流星 夜晚 太空 星空 陨落之星|流星 星星 星空
🌌|milky way space|银河 太空 星空|銀河 星空
☁️|cloud weather|云 云彩 云朵 天气 阴|雲 天氣 有雲 陰天
⛅|sun behind cloud cloudy weather|阴 乌云蔽日 多云|陰天 天氣
⛈️|cloud with lightning and rain thunder thunderstorm|雷阵雨 暴风雨 阵雨 雨 雷 雷暴|雷雨 天氣 暴風雨 風暴
🌤️|sun behind small cloud weather|晴偶有云 云 天气 太阳 少云 晴 阴|晴偶有雲 天氣
🌥️|sun behind large cloud weather|多云 云 太阳 泠 阴|晴時多雲 多雲到晴 天氣
🌦️|sun behind rain cloud weather|晴转雨 下雨 云 天气 太阳 晴时多云偶阵雨 雨|晴時有雨 天氣
🌧️|cloud with rain weather|下雨 云 天气 雨|雨天 天氣
🌨️|cloud with snow cold weather|下雪 云 天气 雪|下雪 天氣 有雲有雪
🌩️|cloud with lightning weather|打雷 云 天气 闪电 雷|閃電 天氣 有雲有雷電
🌪️|tornado cloud weather whirlwind|龙卷风 云 天气 旋风|龍捲風 天氣 旋風
🌫️|fog cloud weather|雾 云 霾|有霧 天氣 雲 霧
🌬️|wind face blow cloud|大风 狂风 风吹|刮風 吹風 天氣
🌀|cyclone dizzy hurricane twister typhoon weather|台风 天气 旋风 晕 气旋 飓风 龙卷风|颱風 天氣 暈 氣旋
🌈|rainbow gay genderqueer glbt glbtq lesbian lgbt lgbtq lgbtqia|彩虹 lgbt 双性恋 同志 跨性别|彩虹 同性 跨性別 雙性
🌂|closed umbrella clothing rain|收起的伞 下雨 伞 雨 雨伞|收合的傘 傘 雨傘
☂️|umbrella clothing rain|伞 雨 雨伞|雨傘 下雨 傘
☔|umbrella with rain drops clothing drop weather|雨伞 下雨 伞 雨滴|雨中的傘 下雨 傘
⛱️|umbrella on ground rain sun|阳伞 下雨 伞 地上的阳伞 太阳|遮陽傘 傘
⚡|high voltage danger electric electricity lightning nature thunder thunderbolt|高压 危险 有电 闪电|高壓電 閃電 雷電 電
❄️|snowflake cold snow weather|雪花 冷 天气 雪|雪花 下雪
☃️|snowman cold man snow|雪与雪人 泠 雪 雪人|雪中的雪人 雪人
⛄|snowman without snow cold man|雪人 下雪 泠|雪人 沒雪的雪人
☄️|comet space|彗星 太空|慧星
🔥|fire af burn flame hot lit litaf tool|火焰 火 烧 燃烧|火 火焰 火苗
💧|droplet cold comic drop nature sad sweat tear water|水滴 冷 天气 水 泪 眼泪|水滴 汗 淚 眼淚
🌊|water wave nature ocean surf surfer surfing|浪花 波浪 浪 海洋|波浪 海浪 神奈川 衝浪
# activities
🎃|jack-o-lantern celebration halloween jack lantern pumpkin|南瓜灯 万圣节 南瓜 庆祝 灯 灯笼|南瓜燈 南瓜 萬聖節
🎄|christmas tree celebration|圣诞树 圣诞 庆祝 树 装饰|聖誕樹 聖誕節
🎆|fireworks boom celebration entertainment yolo|焰火 庆典 庆祝 炮竹 烟花 爆竹|爆竹 慶典 焰火 煙花
🎇|sparkler boom celebration fireworks sparkle|烟花 庆祝 火花 烟火 焰火|煙花 火紅 焰火
🧨|firecracker dynamite explosive fire fireworks light pop popping spark|爆竹 光亮 火花 炸药 烟火 烟花 爆炸 鞭炮|鞭炮 火花 火藥 炸藥 煙火 爆炸 爆竹 爆裂物
✨|sparkles * magic sparkle star|闪亮 星星 火花 闪光 闪耀|閃爍 閃亮 閃耀 魔術
🎈|balloon birthday celebrate celebration|气球 庆祝 生日 节日|氣球 慶祝 生日
🎉|party popper awesome birthday celebrate celebration excited hooray tada|拉炮彩带 兴奋 呱呱叫 庆祝 彩带 拉炮 派对 派对礼宾花 生日|拉炮 太棒了 慶祝
🎊|confetti ball celebrate celebration party woohoo|五彩纸屑球 五彩纸屑 庆祝 彩色纸屑 球 舞会|五彩紙屑 彩球 慶祝
🎋|tanabata tree banner celebration japanese|七夕树 七夕 庆祝 日本 条幅 树|七夕 七夕樹 樹
🎍|pine decoration bamboo celebration japanese plant|门松 庆祝 日本 松树 盆栽 竹|盆栽 開運竹
🎎|japanese dolls celebration doll festival|日本人形 人偶 娃娃 庆祝 日本 日本人偶 节日|女兒節 日本娃娃 雛祭
🎏|carp streamer celebration|鲤鱼旗 庆祝 日本 男孩节 长旗|鯉魚旗
🎐|wind chime bell celebration|风铃 庆祝 铃铛 风|風鈴
🎑|moon viewing ceremony celebration|赏月 中秋 佳节 庆祝 月亮 祭月|賞月
🧧|red envelope gift good hóngbāo lai luck money see|红包 利事 利是 好运 礼物 红信封 运气 钱|紅包 利事 吉利 壓歲錢 好兆頭 好運 禮物 禮金 紅包袋
🎀|ribbon celebration|蝴蝶结 丝带 庆祝 缎带|蝴蝶結 彩帶 絲帶
🎁|wrapped gift birthday bow box celebration christmas present surprise|礼物 包礼物 包装 圣诞 庆祝 惊喜 生日礼物 盒子 礼品|禮物 慶祝 生日禮物 禮盒
🎗️|reminder ribbon celebration|提示丝带 丝带 庆典 庆祝 暗示 飘带|黃絲帶 絲帶
🎟️|admission tickets ticket|入场券 票 门票|入場券 票券
🎫|ticket admission stub|票 入场券 电影票 票根 车票 门票|門票 入場券 票券 票根
🎖️|military medal award celebration|军功章 军队 勋章 奖章|軍事獎章 勳章
🏆|trophy champion champs prize slay sport victory win winning|奖杯 冠军 奖励 奖品 奖赏 胜利 获胜|獎盃 冠軍 勝利 獎座 獲勝 競賽 贏了
🏅|sports medal award gold winner|奖牌 获胜 运动会奖牌 运动员 金牌|獎牌 獲勝 金牌
🥇|1st place medal first gold|金牌 奖牌 第一 第一名奖牌|金牌 冠軍 第一名
🥈|2nd place medal second silver|银牌 亚军 奖牌 第二 第二名奖牌|銀牌 亞軍 第二名
🥉|3rd place medal bronze third|铜牌 奖牌 季军 第三 第三名奖牌|銅牌 季軍 第三名
⚽|soccer ball football futbol sport|足球 大罗 梅西 球 球赛 罗纳尔多 胖罗 英式足球 运动|足球 球 運動
⚾|baseball ball sport|棒球 球 运动|棒球 打球 球 運動
🥎|softball ball glove sports underarm|垒球 手套 球 腋下 运动|壘球 低手 手套 球 運動
🏀|basketball ball hoop sport|篮球 打球 球 篮筐 运动|籃球 球
🏐|volleyball ball game|排球 球 球赛|排球 球 球賽
🏈|american football ball bowl sport super|美式橄榄球 橄榄球 球|美式足球 球 超級盃
🏉|rugby football ball sport|英式橄榄球 橄榄球 球 运动|橄欖球 球 美式足球
🎾|tennis ball racquet sport|网球 球 球拍 网球拍|網球 球 球拍 運動
🥏|flying disc ultimate|飞盘 圆盘 极限 极限运动 终极|飛盤 極限
🎳|bowling ball game sport strike|保龄球 全倒 球 运动|保齡球 全倒 球
🏏|cricket game ball bat|板球 球 球拍|板球 球
🏑|field hockey ball game stick|曲棍球 球 球棍 球赛|曲棍球 曲棍球桿 球
🏒|ice hockey game puck stick|冰球 冰球杆 球 球棍|冰上曲棍球 球
🥍|lacrosse ball goal sports stick|袋棍球 得分 球 球棍 球门 运动 长曲棍球|袋棍球 得分 球 球桿 球棍 運動 長曲棍球
🏓|ping pong ball bat game paddle pingpong table tennis|乒乓球 乒乓 桌球 比赛 球 球拍|桌球 乒乒 乒乓 乒乓球 球 球拍
🏸|badminton birdie game racquet shuttlecock|羽毛球 球拍 羽球|羽毛球 球 羽球
🥊|boxing glove|拳击手套 手套 拳击|拳擊手套 手套 拳擊 競技 運動
🥋|martial arts uniform judo karate taekwondo|练武服 制服 柔道 武术 空手道 跆拳道|道服 柔道 武術 空手道 競技 跆拳道 運動
🥅|goal net|球门 球网|球門 球網 運動
⛳|flag in hole golf sport|高尔夫球洞 果岭 果岭旗 球洞 高尔夫 高球|高爾夫 旗桿
⛸️|ice skate skating|滑冰 冰刀 溜冰|溜冰鞋 溜冰 滑冰
🎣|fishing pole entertainment fish sport|钓鱼竿 钓竿 鱼杆|釣魚 釣竿 釣魚竿
🤿|diving mask scuba snorkeling|潜水面罩 浮潜 深潜 潜水|潛水面罩 水肺 水肺潛水 浮潛 潛水
🎽|running shirt athletics sash|运动背心 上衣 跑步 运动服 饰带|運動服 運動 運動衫 飾帶
🎿|skis ski snow sport|滑雪 运动 雪|滑雪
🛷|sled luge sledge sleigh snow toboggan|雪橇 下雪 乘雪橇 平底雪橇 驾雪橇|雪橇 平底雪橇 滑雪橇
🥌|curling stone game rock|冰壶 冰上溜石 比赛 游戏 石壶|冰石壺 冰上溜石 冰壺 石塊 石頭 遊戲
🎯|bullseye bull dart direct entertainment game hit target|正中靶心的飞镖 命中 标的 直接命中 要害 靶心 飞镖|命中 正中紅心
🪀|yo-yo fluctuate toy|悠悠球 上下起落 溜溜球 犹豫不决 玩具|溜溜球 搖擺不定 滾動 玩具
🪁|kite fly soar|风筝 翱翔 飞翔|風箏 上升 放風箏 飛
🔫|water pistol gun handgun revolver tool weapon|水枪 工具 左轮 手枪 枪 武器|水槍 手槍 槍 武器
🎱|pool 8 ball 8ball billiard eight game|台球 8 球制桌球 8号球 台球台 游戏 霹雳八球|撞球 8 八 八號球 球
🔮|crystal ball fairy fairytale fantasy fortune future magic tale|水晶球 命运 工具 梦幻 水晶 球 童话 财富 魔法|水晶球 占卜 算命
🪄|magic wand magician witch wizard|魔棒 女巫 巫师 魔术 魔术师 魔杖 魔法|魔杖 巫婆 巫師 魔法 魔術 魔術師
🎮|video game controller entertainment|游戏手柄 手柄 游戏 游戏控制器 电子游戏|電玩 xbox 遙控器 電動
🕹️|joystick game video videogame|游戏操控杆 操控杆 游戏 电子游戏|搖桿 操控桿 電玩
🎰|slot machine casino gamble gambling game slots|老虎机 吃角子老虎 游戏 角子机 赌博 赌场|吃角子老虎 拉霸機 賭博 賭場
🎲|game die dice entertainment|骰子 掷骰子 色子 骰子游戏|骰子 擲骰子
🧩|puzzle piece clue interlocking jigsaw|拼图 图片 智力游戏 相扣 线索 联锁 部件|拼圖 拼 片 益智遊戲 相扣 線索 謎題
🧸|teddy bear plaything plush stuffed toy|泰迪熊 填充 毛绒玩具 熊 玩偶 玩具 玩物 长毛绒|泰迪熊 填充 填充玩具 娃娃 毛茸茸 玩具 玩具熊 玩物 長毛絨
🪅|piñata candy celebrate celebration cinco de festive mayo party|彩罐 五月节 墨西哥 庆祝 皮纳塔 糖果 聚会 节日|皮納塔 五月節 墨西哥 慶祝 派對 節慶 糖果
🪩|mirror ball dance disco glitter party|镜球 派对 聚会 舞会 舞厅 舞蹈 蹦迪 迪斯科 闪耀|鏡面球 派對 球 發光 跳舞 迪斯可 鏡子
🪆|nesting dolls babooshka baboushka babushka doll matryoshka russia|套娃 俄罗斯套娃 俄罗斯娃娃 娃娃|俄羅斯娃娃 俄羅斯 多層 娃娃
♠️|spade suit card game|黑桃 扑克 牌 葵扇 黑桃花色|黑桃 撲克牌 紙牌 花色
♥️|heart suit card emotion game hearts|红桃 扑克 牌 红心 红桃花色|紅心 紙牌
♦️|diamond suit card game|方片 扑克 方块 牌 牌局|方塊 牌局 紙牌 鑽石
♣️|club suit card clubs game|梅花 扑克 梅花花色 牌 草花|梅花 紙牌
♟️|chess pawn dupe expendable|兵 受骗者 国际象棋 牺牲品|卒 戰略 棋子 鬥智
🃏|joker card game wildcard|大小王 大王 小丑 小王 扑克 扑克小丑 牌 百搭牌 鬼牌|鬼牌 外卡 小丑 皇牌
🀄|mahjong red dragon game|红中 方城之战 牌局 麻将 麻将红中|紅中 麻將
🎴|flower playing cards card game japanese|花札 卡牌 日本 游戏 花斗 花牌|花牌 花鬥
🎭|performing arts actor actress art entertainment mask theater theatre|表演艺术 剧院 女演员 戏剧 演员 艺术 莎士比亚 表演 面具|戲劇 演員 面具
🖼️|framed picture art frame museum painting|带框的画 加框的照片 博物馆 框 照片 画 画框 艺术|裱框畫 畫 畫框
🎨|artist palette art artsy arty colorful creative entertainment museum|调色盘 创意 博物馆 多种色彩 娱乐 画家 画画 绘画 艺术|調色板 畫畫 調色盤
🧵|thread needle sewing spool string|线 卷盘 线轴 绳子 缝纫 针 针线|線 線卷 線軸 縫紉 裁縫 針 針線
🪡|sewing needle embroidery sew stitches sutures tailoring thread|缝合针 线 绣花针 缝合 缝纫 缝线 缝衣针 裁剪 针|裁縫針 刺繡 線 縫 縫紉 縫衣針 針 針線
🧶|yarn ball crochet knit|毛线 毛线球 线球 编织 钩针编织|毛線球 毛線 球 編織 織 針織 鉤針 鉤針編織
🪢|knot cord rope tangled tie twine twist|结 八字结 打结 绳子 绳扣 绳结 缠结 麻线|繩結 交織 打結 細繩 結
# objects
👓|glasses clothing eye eyeglasses eyewear|眼镜 服饰 眼睛|眼鏡
🕶️|sunglasses dark eye eyewear glasses|墨镜 太阳镜|太陽眼鏡 墨鏡 暗色
🥽|goggles dive eye protection scuba swimming welding|护目镜 护目 护眼 水肺 游泳 潜水 焊接|蛙鏡 保護眼睛 游泳 潛水 焊工 護目鏡
🥼|lab coat clothes doctor dr experiment jacket scientist white|白大褂 医生 外衣 实验 实验人员 实验室白大褂 实验服 白衣 科学家|實驗袍 上衣 實驗 實驗服 科學家 衣服 醫生
🦺|safety vest emergency|救生衣 安全 紧急 背心 逃生|救生衣 安全 緊急狀況 背心
👔|necktie clothing employed serious shirt tie|领带 工作 正式 衬衫领带|領帶 工作 正式
👕|t-shirt blue casual clothes clothing collar dressed shirt shopping|T恤 t恤 休闲服装 恤衫|T恤 t卹 t恤 上衣 衣服 襯衫
👖|jeans blue casual clothes clothing denim dressed pants shopping|牛仔裤 休闲 周末 蓝色 裤子|牛仔褲 丹寧褲 休閒 褲子 週末打扮
🧣|scarf bundle cold neck up|围巾 冷 包紧 围脖 头巾|圍巾 包得緊緊 圍脖 好冷 脖子 領巾 頸子 頸巾
🧤|gloves hand|手套 手|手套 手
🧥|coat brr bundle cold jacket up|外套 冷 夹克 超冷|外套 冷 包得緊緊 夾克 好冷
🧦|socks stocking|袜子 短袜 袜 长袜|襪子 絲襪
👗|dress clothes clothing dressed fancy shopping|连衣裙 衣服 裙子|洋裝 血拼 裙子
👘|kimono clothing comfortable|和服 日本 衣服|和服 日本 舒服
🥻|sari clothing dress|纱丽 印度 披肩 莎丽 衣服 连衣裙|莎麗服 洋裝 衣服
🩱|one-piece swimsuit bathing suit|连体泳衣 一片式 泳衣 泳装 游泳 连身泳衣|一件式泳裝 泳衣 泳裝
🩲|briefs bathing one-piece suit swimsuit underwear|三角裤 一片式 内裤 泳衣 泳装 短裤|泳褲 一件式 內衣 泳裝 短褲
🩳|shorts bathing pants suit swimsuit underwear|短裤 内裤 四角裤 泳衣 泳装 泳裤 裤子|短泳褲 內衣 泳裝 泳褲 短褲 褲裝
👙|bikini bathing beach clothing pool suit swim|比基尼 三点式 泳装 游泳|比基尼 三點式 海灘 游泳 游泳池
👚|woman’s clothes blouse clothing collar dress dressed lady shirt|女装 女 女生衣服 女衬衫 衣服|女裝 女襯衫 血拼 衣服
🪭|folding hand fan clack clap cool cooling dance flirt|折扇 凉 凉快 啪嗒声 害羞 扇 扇动 扇子 拍手|摺扇 害羞 扇子 扇子，降溫，調情，跳舞，害羞，拍手，搧，熱 擺動 涼快 熱 舞蹈
👛|purse clothes clothing coin dress fancy handbag shopping|钱包 血拼 铜板|錢包 手提包 荷包
👜|handbag bag clothes clothing dress lady purse shopping|手提包 包包 挎包 血拼|手提包 包包 血拼
👝|clutch bag clothes clothing dress handbag pouch purse|手袋 包 化妆包 手拿 手拿包|手拿包 包包 手提包
🛍️|shopping bags bag hotel|购物袋 包 袋 购物 逛街|紙袋 購物袋
🎒|backpack backpacking bag bookbag education rucksack satchel school|书包 上学 包|書包 肩揹書包 背包
🩴|thong sandal beach flip flop sandals shoe thongs zōri|夹趾凉鞋 人字拖 凉鞋 沙滩 沙滩凉鞋 草屡 鞋|人字拖 拖鞋 沙灘涼鞋 海灘鞋 涼鞋 草鞋 鞋
👞|man’s shoe brown clothes clothing feet foot kick man|男鞋 棕色 皮鞋 鞋|皮鞋 咖啡色 血拼 鞋
👟|running shoe athletic clothes clothing fast kick shoes shopping|跑鞋 跑 运动鞋 鞋|運動鞋 球鞋 跑鞋 踢
🥾|hiking boot backpacking brown camping outdoors shoe|登山鞋 健行 徒步 户外 登山 背包 远足野营 露营 靴子|登山靴 健行 戶外 背包 露營 靴子 鞋子
🥿|flat shoe ballet comfy flats slip-on slipper|平底鞋 一脚蹬 便鞋 平底芭蕾舞鞋 芭蕾舞鞋|平底鞋 懶人鞋 拖鞋 淺口便鞋 無帶便鞋 舒服 芭蕾舞鞋
👠|high-heeled shoe clothes clothing dress fashion heel heels shoes|高跟鞋 女 时装 鞋 高跟|高跟鞋 女鞋 細高跟鞋 血拼
👡|woman’s sandal clothing shoe woman|女式凉鞋 凉鞋 女|涼鞋 拖鞋
🩰|ballet shoes dance|芭蕾舞鞋 舞蹈 舞鞋 足尖鞋 跳舞|芭蕾舞鞋 舞 芭蕾
👢|woman’s boot clothes clothing dress shoe shoes shopping woman|女靴 女 女式靴子 靴子|靴子 女靴 長靴
🪮|hair pick afro comb groom|发夹 圆蓬 头发 夹子 小刷子 梳子 梳理 爆炸头 非洲头|梳子 梳子，梳，頭髮，打扮，蓬髮 梳理 非洲式髮型 頭髮
👑|crown clothing family king medieval queen royal royalty win|皇冠 国王 权力的游戏 王冠 王后 皇家|皇冠 后冠 皇家 皇族
👒|woman’s hat clothes clothing garden hats party woman|女帽 女 女式 帽子 花园派对|帽子 庭園派對 淑女帽
🎩|top hat clothes clothing fancy formal magic tophat|礼帽 帽子 正式 高帽|禮帽 紳士帽 變魔術 魔術
🎓|graduation cap celebration clothing education hat scholar|毕业帽 四方帽 学位 学者 毕业|畢業帽 學士帽 畢業
🧢|billed cap baseball bent dad hat|鸭舌帽 帽子 棒球帽|鴨舌帽 便帽 大嘴帽 彎簷帽 棒球帽 爸爸帽
🪖|military helmet army soldier war warrior|军用头盔 军事 军用 军队 士兵 头盔 战争 战士 部队|頭盔 士兵 安全帽 戰爭 戰鬥 軍人 軍隊 陸軍
⛑️|rescue worker’s helmet aid cross face hat|白十字头盔 十字 头盔 安全帽 救援人员头盔 脸|工程安全帽 安全帽
📿|prayer beads clothing necklace religion|念珠 宗教 珠子 祈祷 项链|項鍊 祈禱 首飾
💄|lipstick cosmetics date makeup|唇膏 化妆 化妆品 口红 约会|口紅 化妝 化妝品 打扮
💍|ring diamond engaged engagement married romance shiny sparkling wedding|戒指 结婚 订婚 钻戒 闪|戒指 結婚 訂婚 鑽戒 鑽石 閃亮
💎|gem stone diamond engagement jewel money romance wedding|宝石 婚礼 珠宝 订婚 钻石|鑽石 婚禮 寶石 訂婚
🔇|muted speaker mute quiet silent sound|已静音的扬声器 声音 安静 扬声器 扬声器关闭 无声 静音|關掉喇叭 關掉聲音 静音
🔈|speaker low volume soft sound|低音量的扬声器 低音量扬扬声 喇叭 小声 小音量 扬声器 轻声 音量|喇叭 低音量
🔉|speaker medium volume sound|中等音量的扬声器 中等 中等音量 中音量 中音量扬声器 扬声器|低音量 中音 喇叭
🔊|speaker high volume loud music sound|高音量的扬声器 大声 大音量 扬声器 音量 高音量|高音量 喇叭 揚聲器 聲音
📢|loudspeaker address communication loud public sound|喇叭 公共广播 大声 广播 扩音器 通知|大聲公 喇叭
📣|megaphone cheering sound|扩音器 呼喊 喇叭 喇叭筒 大声 通知|擴音器 喇叭
📯|postal horn post|邮号 号 号角 喇叭 邮政|郵件通知 號角 通知
🔔|bell break church sound|铃铛 叮当 响铃 钟 钟声 铃声|鈴鐺 下課 鐘聲
🔕|bell with slash forbidden mute no not prohibited quiet|禁止响铃 响铃关闭 安静 无声 铃 静音|靜音 無聲
🎼|musical score music note|乐谱 五线谱 曲谱 音乐 音符|樂譜 音樂 音符
🎵|musical note music sound|音符 乐谱 五线谱 八分音符 音乐|音符 音樂
🎶|musical notes music note sound|多个音符 乐谱 五线谱 八分音符 音乐 音符|樂符 音樂
🎙️|studio microphone mic music|录音室麦克风 录音室 音乐 麦 麦克 麦克风|錄音室麥克風 錄音室 麥克風
🎚️|level slider music|电平滑块 滑块 电平 调节 调节滑块 音乐 音量|調整桿 滑桿
🎛️|control knobs music|控制旋钮 控制 旋钮 调节 音乐|控制旋鈕 旋鈕
🎤|microphone karaoke mic music sing sound|麦克风 k歌 卡拉ok 唱k 唱歌 麦 麦克|麥克風 k歌 卡拉ok 唱歌
🎧|headphone earbud sound|耳机 头戴式耳机 耳塞|耳機 聲音 音樂
📻|radio entertainment tbt video|收音机 娱乐 广播 广播电台 无线电 电台|收音機
🎷|saxophone instrument music sax|萨克斯管 乐器 吹奏 演奏 萨克斯风 音乐|薩克斯風 樂器
🎺|trumpet instrument music|小号 乐器 吹奏 喇叭 音乐|小號 樂器
🪗|accordion box concertina instrument music squeeze squeezebox|手风琴 乐器 六角形风琴 音乐 风琴|手風琴 六角手風琴 樂器 音樂
🎸|guitar instrument music strat|吉他 乐器 弹奏 演奏 电吉他 音乐|吉他 樂器 電吉他
🎹|musical keyboard instrument music piano|音乐键盘 乐器 弹奏 演奏 钢琴 音乐|鋼琴 樂器 鍵盤樂器 電子琴
🎻|violin instrument music|小提琴 乐器 提琴 是特拉迪瓦尔 演奏 音乐|小提琴 樂器
🪕|banjo music stringed|班卓琴 弦乐器 弹奏 音乐|斑鳩琴 弦樂器 樂器 音樂
🥁|drum drumsticks music|鼓 音乐 鼓声 鼓槌|鼓 打擊樂 音樂 鼓棒 鼓槌
🪘|long drum beat conga instrument rhythm|长鼓 乐器 康加鼓 康茄鼓 敲 节奏 非洲手鼓 鼓|長鼓 小鼓 康加舞 康加鼓 打擊 樂器 節奏 鼓
🪇|maracas cha dance instrument music party percussion rattle shake|沙球 乐器 恰恰 打击乐器 拨浪鼓 摇 摇动 沙槌 沙铃|沙鈴 搖動 敲擊 樂器 沙球，跳舞，趴踢，宴會，搖，恰恰，音樂，樂器，敲擊樂器，打擊樂 音樂 響聲
🪈|flute band fife flautist instrument marching music orchestra piccolo|长笛 乐器 乐队 木管乐器 横笛 短笛 竖笛 管乐器 菲菲笛|長笛 木管樂器 橫笛 直笛 管樂器 豎笛 長笛，木管樂，長笛手，樂隊，樂儀隊，短笛，管弦樂團，管樂器，豎笛，音樂，橫笛，樂器 音樂
📱|mobile phone cell communication telephone|手机 手提电话 智能手机 电话 移动 移动电话 移动通信 通信|手機 行動電話 電話
📲|mobile phone with arrow build call cell communication receive|带有箭头的手机 手机 接收 智能手机 来电 电话 移动电话 箭头 通信|接電話 手機 電話
☎️|telephone phone|电话 固定电话 固话 座机|電話 市話
📞|telephone receiver communication phone voip|电话听筒 听筒 固定电话 固话 座机 电话 通信|聽筒 電話
📟|pager communication|寻呼机 bb 机 传呼机 呼机 通信|呼叫器 bb call
📠|fax machine communication|传真机 传真 传真号 发传真|傳真機 fax
🔋|battery|电池 正极 电 电极 电源 蓄电池 负极|電池
🪫|low battery drained electronic energy power|电池电量不足 低能量 电子 电池 电池电量低 电量不足|電量不足 低電力 低電量 耗盡 電 電池
🔌|electric plug electricity|电源插头 插头 电插头 电源 电线|插頭 電力
💻|laptop computer office pc personal|笔记本电脑 pc 个人电脑 手提电脑 电脑|筆電 個人電腦 筆記型電腦
🖥️|desktop computer monitor|台式电脑 pc 个人电脑 台式 显示器 显示屏 电脑 计算机|電腦 桌上型電腦 桌機 顯示器
🖨️|printer computer|打印机 印刷机 喷墨打印 复印 打印 扫描 激光打印|印表機 列表機
⌨️|keyboard computer|键盘 打字 按键 电脑 输入|鍵盤 電腦
🖱️|computer mouse|电脑鼠标 有线鼠标 激光鼠标 点击 点按 电脑 鼠标|滑鼠 電腦 電腦滑鼠
🖲️|trackball computer|轨迹球 有线鼠标 电脑 追踪球 鼠标|軌跡球
💽|computer disk minidisk optical|电脑光盘 md minidisk mini光盘 光盘 电脑 迷你光盘 迷你光碟 迷你唱片|迷你光碟 光碟
💾|floppy disk computer|软盘 3.5英寸 便携 存储 电脑 磁盘|磁碟片
💿|optical disk blu-ray cd computer dvd|光盘 cd 专辑 存储 影片 蓝光 音乐|光碟 cd 硬碟 藍光
📀|dvd blu-ray cd computer disk optical|DVD dvd 光盘 光碟 影片 电脑 蓝光 音乐|DVD dvd 光碟 藍光
🧮|abacus calculation calculator|算盘 计算 计算器|算盤 演算 計算 計算機
🎥|movie camera bollywood cinema film hollywood record|电影摄影机 录像 摄像机 摄录机 摄影 摄影机 电影|電影攝影機 寶萊塢 攝影機 電影
🎞️|film frames cinema movie|影片帧 帧 电影 电影胶卷 电影胶片 胶卷 胶片|電影膠卷 影片 膠卷
📽️|film projector cinema movie video|电影放映机 影片 投影仪 放映机 电影 视频|電影放映機 影片 放映機 電影
🎬|clapper board action movie|场记板 场记 打板 拍电影|場記板 開麥拉
📺|television tv video|电视机 电视 看电视 节目 视频|電視
📷|camera photo selfie snap tbt trip video|相机 卡片相机 拍照 摄影 照片 照相机 自拍|相機
📸|camera with flash video|开闪光灯的相机 带闪光灯的相机 拍照 相机 闪光灯 闪光灯打开|開閃光燈 帶閃光燈的相機 拍照
📹|video camera camcorder tbt|摄像机 录像 录像机 录影 拍摄 摄影机 视频|攝影機 攝錄影機 錄影
📼|videocassette old school tape vcr vhs video|录像带 vhs 录影带 磁带|錄影帶 vhs 卡帶
🔍|magnifying glass tilted left lab left-pointing science search tool|左斜的放大镜 工具 搜索 放大 放大镜 查找|向左的放大鏡 搜尋 放大鏡
🔎|magnifying glass tilted right contact lab right-pointing science search|右斜的放大镜 工具 搜索 放大 放大镜 查找|放大鏡 享有的放大鏡 搜尋 放大
🕯️|candle light|蜡烛 光 烛光 烛火 照明 燃烧|蠟燭 光亮
💡|light bulb comic electric idea|灯泡 主意 想法 点子 电 电灯泡 白炽灯|燈泡
🔦|flashlight electric light tool torch|手电筒 光 工具 手电 照明 电筒|手電筒
🏮|red paper lantern bar light restaurant|红灯笼 光 喜庆 居酒屋 日本 灯笼 节日 酒馆 餐馆|燈籠 居酒屋 紅燈籠
🪔|diya lamp light oil|印度油灯 排灯节 油 灯 迪亚|陶碗油燈 油 油燈 燈 陶碗
📔|notebook with decorative cover book decorated education school writing|精装笔记本 书 写作 学校 封面 教育 笔记本|彩色封面的筆記本 筆記本
📕|closed book education|合上的书本 书 书本 书本合起 合上|合起來的書本 書本
📖|open book education fantasy knowledge library novels reading|打开的书本 书 书本 图书馆 小说 开卷 打开 知识 读书|打開來的書本 小說 書本 知識 讀書 閱讀
📗|green book education fantasy library reading|绿色书本 书 书本 图书馆 教育 绿 绿皮书 绿色 阅读|綠色的書本 圖書館 書本
📘|blue book education fantasy library reading|蓝色书本 书 书本 图书馆 教育 篮 蓝皮书 蓝色 阅读|藍色的書本 書本
📙|orange book education fantasy library reading|橙色书本 书 书本 图书馆 教育 橘皮书 橘色 橙色 阅读|橘色的書本 書本
📚|books book education fantasy knowledge library novels reading school|书 书本 书籍 图书 图书馆 学习 学校 小说 教育|書本 書 書籍
📓|notebook|笔记本 日记本 本子 笔记 记事本 记录|筆記本
📒|ledger notebook|账本 笔记本 记事本 记账 账簿|帳本 帳簿 筆記本
📃|page with curl document paper|带卷边的页面 卷曲 卷边 文书 文件 文档 纸张 页面|文件檔 捲起的頁面 文件 文書
📜|scroll paper|卷轴 卷纸 画卷 纸 纸卷 羊皮纸|捲軸 文書 紙張
📄|page facing up document paper|文件 文书 文档 页面向上|文件 文書 文檔
📰|newspaper communication news paper|报纸 传播 报道 新闻 看报 纸 读报|報紙 新聞
🗞️|rolled-up newspaper news paper rolled|报纸卷 卷起 卷起的报纸 报纸 新闻 纸|捲好的報紙 報紙 捲起 新聞
📑|bookmark tabs mark marker|标签页 书签 书签页标签 有书签的页面 标签|頁籤 分頁標籤 標籤
🔖|bookmark mark|书签 标签 读书 阅读|書籤
🏷️|label tag|标签 吊牌 标记 行李牌|吊牌 標籤
🪙|coin dollar euro gold metal money rich silver treasure|硬币 富有 欧元 美元 财富 金 金属 金币 钱|硬幣 寶藏 歐元 金 金屬 金幣 銀 錢 錢幣
💰|money bag bank bet billion cash cost dollar gold|钱袋 付钱 十亿 变现 守财奴 富有 有钱 现金 百万|錢袋 一桶金 錢
💴|yen banknote bank bill currency money note|日元 日币 现金 纸币 货币 钞票 钱 银行|日幣 貨幣 鈔票 錢
💵|dollar banknote bank bill currency money note|美元 现金 纸币 美刀 美钞 货币 钱 银行|美金 貨幣 鈔票 錢
💶|euro banknote 100 bank bill currency money note rich|欧元 现金 纸币 货币 钞票 钱 银行|歐元 一百歐元 貨幣 鈔票 錢
💷|pound banknote bank bill billion cash currency money note|英镑 现金 纸币 货币 钞票 钱 银行|英鎊 貨幣 鈔票 錢
💸|money with wings bank banknote bill billion cash dollar|长翅膀的钱 纸币 翅膀 花钱 钱 飞|錢飛了 沒錢了 錢跑了
💳|credit card bank cash charge money pay|信用卡 信用 借记卡 刷卡 卡 收钱 现金 现金卡 贷记卡|信用卡 刷卡
🧾|receipt accounting bookkeeping evidence invoice proof|收据 会计 信封 凭据 发票 收条 簿记 记账 证据|收據 收執聯 會計 發票 簿記 紙本 記帳 證據 證明
💹|chart increasing with yen bank currency graph growth market|趋势向上且带有日元符号的图表 上扬 上涨 日元 日元升值 日元汇率 日币 货币 货币升值图表|貨幣升值 上揚 圖表 市場走向
✉️|envelope e-mail email letter|信封 信件 信息 来信 电子邮件 电邮 邮件|郵件 信 信封
📧|e-mail email letter mail|电子邮件 信件 信封 电邮 邮件|電子郵件 email 郵件
📨|incoming envelope delivering e-mail email letter mail receive sent|来信 信件 信封 发送 接收 收信 收到来信 收到邮件 电子邮件|收到郵件 信件 信封 接收 送信 郵件
📩|envelope with arrow communication down e-mail email letter mail|收邮件 信件 信封 发信 发出 发送 发邮件 有箭头的信封 邮件|寄出郵件 信件 信封 發送 郵件 電子郵件
📤|outbox tray box email letter mail sent|发件箱 信件 发信 发送 发邮件 收件箱 电子邮件 电邮 邮件|寄件匣 發信匣
📥|inbox tray box email letter mail receive zero|收件箱 信件 接收 收信 收到邮件 电子邮件 电邮 邮件|收件匣 收信匣
📦|package box communication delivery parcel shipping|包裹 快递 指向 盒子 箱子 装货 运送|包裹 寄包裹 紙箱
📫|closed mailbox with raised flag communication mail postbox|有待收信件 信箱 旗标 有新信件 邮箱 邮箱关闭红旗升起|有待收郵件 信箱 郵箱
📪|closed mailbox with lowered flag mail postbox|无待收信件 信箱 信箱关闭红旗放下 放下 旗标 无新信件|無待收郵件 信箱 郵箱
📬|open mailbox with raised flag mail postbox|有新信件 信箱 信箱打开红旗升起 打开 旗标 有待收信件|有新郵件 信箱 郵箱
📭|open mailbox with lowered flag mail postbox|无新信件 信箱 信箱打开 信箱打开红旗放下 旗标 无待收信件 邮件 邮递|沒有新郵件 信箱 郵箱
📮|postbox mail mailbox|邮筒 信 信箱 寄信 邮箱|信箱 郵件 郵箱
🗳️|ballot box with|投票箱 投票 盒子 票箱 选举 选票|投票箱 票箱
✏️|pencil|铅笔 橡皮 橡皮擦 画画 画笔 笔 绘画|鉛筆
✒️|black nib pen|钢笔尖 写字 硬笔 笔 笔尖 钢笔 黑色笔尖|鋼筆頭 筆尖 鋼筆
🖋️|fountain pen|钢笔 写字 硬笔 笔|鋼筆
🖊️|pen ballpoint|笔 原子笔 圆珠笔 油笔|筆 原子筆
🖌️|paintbrush painting|画笔 刷 毛笔 画刷 笔刷|畫筆 漆刷
🖍️|crayon|蜡笔 油画棒 画棒|蠟筆
📝|memo communication media notes pencil|备忘录 便条 便条簿 便笺 铅笔|備忘錄 備註 媒體 鉛筆
💼|briefcase office|公文包 上班 公事包 办公室 包 手提包 文件|公事包 辦公室
📁|file folder|文件夹 办公 文件 文具 硬纸夹|資料夾 文件夾 檔案
📂|open file folder|打开的文件夹 办公 打开 打开文件夹 文件 文件夹 文具|打開資料夾 打開檔案 檔案 資料夾
🗂️|card index dividers|索引分隔文件夹 分隔 分隔卡 文件夹 索引 隔板|索引隔板 分隔文件夹 索引卡 索引板
📅|calendar date|日历 日期|行事曆 日期
📆|tear-off calendar|手撕日历 日历 日期|日曆 撕日曆 行事曆
🗒️|spiral notepad note pad|线圈本 文具 笔记本 线圈 记事本|線圈筆記本 筆記本
🗓️|spiral calendar pad|线圈日历 日历 日期 线圈 记事本|線圈日曆 日曆
📇|card index old rolodex school|卡片索引 卡片 卡牌索引 名片索引 目录 索引|索引卡 名片索引
📈|chart increasing data graph growth right trend up upward|趋势向上的图表 上升 上涨 上涨图表 上涨趋势线 向上 图表 成长 趋势线|漲 上升 上漲 圖表
📉|chart decreasing data down downward graph negative trend|趋势向下的图表 下跌 下跌图表 下跌趋势线 下降 向下 图表 趋势线|跌 下跌 下降 圖表 跌勢
📊|bar chart data graph|条形图 图形 图表 柱形图 直方图 资料 长条图|圖表 橫條圖 直方圖
📋|clipboard do list notes|剪贴板 写字夹板 写字板 剪贴簿 夹子 待办事项 待办表 纸张|寫字夾板 代辦事項 筆記
📌|pushpin collage pin|图钉 固定 拼贴 按钉|圖釘 大頭釘
📍|round pushpin location map pin|圆图钉 位置 固定 图钉|圓圖釘 圓頭大頭針 圖釘 大頭針
📎|paperclip|回形针 万字夹 回纹针 曲别针 纸夹|迴紋針
🖇️|linked paperclips link paperclip|连起来的两个回形针 万字夹 回形针 回纹针 曲别针 纸夹 连接 连接的回形针|相連的回紋針 回紋針 相連
📏|straight ruler angle edge math straightedge|直尺 尺 尺子 数学 文具 测量 量 长度|直尺 尺
📐|triangular ruler angle math rule set slide triangle|三角尺 三角 尺 数学 文具 测量 角 角度|三角尺 尺
✂️|scissors cut cutting paper tool|剪刀 修剪 剪 剪子 剪裁 工具|剪刀 剪 剪切 工具
🗃️|card file box|卡片盒 卡片 存档 文件 标签 档案 箱 索引|卡片目錄盒 卡片 目錄盒
🗄️|file cabinet filing paper|文件柜 存档 归档 收纳 柜 档案|檔案櫃 歸檔
🗑️|wastebasket can garbage trash waste|垃圾桶 垃圾 垃圾篓 废纸篓|廢紙簍 字紙簍
🔒|locked closed lock private|合上的锁 上锁 私密 锁 锁住 锁头 锁定|上鎖 私人的 鎖
🔓|unlocked cracked lock open unlock|打开的锁 取消锁定 开锁 打开 破解 解锁 锁|開鎖
🔏|locked with pen ink lock nib privacy|墨水笔和锁 笔 笔尖 钢笔 锁 隐私|鋼筆和鎖 以筆上鎖 鋼筆 鎖 隱私
🔐|locked with key bike closed lock secure|钥匙和锁 安全 脚踏车锁 钥匙 锁 锁上|鑰匙和鎖 腳踏車鎖 鎖 鎖起來 鑰匙
🔑|key keys lock major password unlock|钥匙 密码 密钥 开锁 解锁 锁|鑰匙 密碼 解鎖 鎖
🗝️|old key clue lock|老式钥匙 古老的钥匙 旧钥匙 线索 钥匙|老鑰匙 鑰匙
🔨|hammer home improvement repairs tool|锤子 修理 家居修缮 工具 敲 施工 砸 铁锤|鎚子 榔頭
🪓|axe ax chop hatchet split wood|斧头 切 劈 木头 砍|斧頭 分割 手斧 木頭 短斧 砍
⛏️|pick hammer mining tool|铁镐 工具 挖 挖掘 采矿 锄头 鹤嘴锄|十字鎬 鑿
⚒️|hammer and pick tool|锤子与镐 工具 铁锤 铁镐 锤子 镐 镐子|鎚子和十字鎬 十字鎬 鎚子
🛠️|hammer and wrench spanner tool|锤子与扳手 工具 扳手 铁锤 锤子|鎚子和扳手 扳手 榔頭和扳手 鎚子
🗡️|dagger knife weapon|匕首 剑 武器 短刀 短剑|匕首 刀
⚔️|crossed swords weapon|交叉放置的剑 交叉 剑 十字 双剑 战死 武器|劍
💣|bomb boom comic dangerous explosion hot|炸弹 爆炸|炸彈 危險 地雷 爆炸 雷區
🪃|boomerang rebound repercussion weapon|回旋镖 反弹 回弹 土著 武器 飞镖|迴力鏢 原住民的 回飛棒 武器 澳洲 迴旋 迴旋鏢
🏹|bow and arrow archer archery sagittarius tool weapon zodiac|弓和箭 人马座 射手 射手座 射箭 弓 弓箭 箭|弓箭 射手 射手座 射箭
🛡️|shield weapon|盾牌 武器 盾 防御|盾牌
🪚|carpentry saw carpenter cut lumber tool trim|木工锯 修剪 工具 木匠 木材 锯 锯子|木工鋸 切 工具 木工 木材 鋸子
🔧|wrench home improvement spanner tool|扳手 家居修缮 工具 螺丝扳手|扳手
🪛|screwdriver flathead handy screw tool|螺丝刀 工具 螺丝|螺絲起子 一字起子 工具 羅賴把 螺絲
🔩|nut and bolt home improvement tool|螺母与螺栓 工具 螺丝 螺帽 螺栓 螺母 螺钉|螺絲 螺栓 螺絲與螺帽
⚙️|gear cog cogwheel tool|齿轮 传动 工具 机械 零件|齒輪
🗜️|clamp compress tool vice|夹钳 压缩 夹具 工具 机械 紧固|壓縮機 壓縮 夾具 鉗子
⚖️|balance scale justice libra scales tool weight zodiac|天平 公平 公正 天秤 天秤座 星座 正义 法律|天平 司法 天枰座
🦯|white cane accessibility blind probing|盲杖 拐杖 无障碍 盲 盲人|導盲手杖 盲人 行動不便
🔗|link links|链接 网址 链条 锁链|連結 連接 鏈結
⛓️|chains chain|链条 铁链 链 锁链|鍊條 鍊子
🪝|hook catch crook curve ensnare point selling|挂钩 卖点 弯钩 抓 曲线 钩子 钩状物 鱼钩|鉤子 勾 彎曲 鉤 鉤形
🧰|toolbox box chest mechanic red tool|工具箱 大箱子 工具 机修 箱子 红盒子|工具箱 器具 工具 機械工 箱子 紅盒子
🧲|magnet attraction horseshoe magnetic negative positive shape u|磁铁 u 型 吸引 吸引力 正负 磁性 马蹄铁|磁鐵 u 型 五金 吸引 正負 磁力 磁吸 馬蹄
🪜|ladder climb rung step|梯子 台阶 梯级 横档 爬 爬梯 阶梯|梯子 梯凳 橫木 爬 踩 階梯
⚗️|alembic chemistry tool|蒸馏器 净化 化学 实验 工具 蒸馏|蒸餾器 化學 蒸餾
🧪|test tube chemist chemistry experiment lab science|试管 化学 化学家 实验 实验室 科学|試管 化學 化學家 實驗 實驗室 科學
🧫|petri dish bacteria biologist biology culture lab|培养皿 培养 实验室 生物学 生物学家 细菌|培養皿 培養 基因 實驗 實驗室 生物 生物學家 細菌
🧬|dna biologist evolution gene genetics life|DNA dna 基因 演化 生命 生物学家 进化 遗传学|DNA dna 基因 演化 生命 生物 生物學家
🔬|microscope experiment lab science tool|显微镜 实验 实验室 工具 生物 科学 细胞|顯微鏡 實驗 實驗室
🔭|telescope contact extraterrestrial science tool|望远镜 外星人 天体 天文 天文学 工具 接触 科学 观星|望遠鏡 觀測
📡|satellite antenna aliens contact dish science|卫星天线 信号接收 卫星 卫星接收天线 卫星碟形天线 外星人 天线 接触|衛星天線 外星人 天線
💉|syringe doctor flu medicine needle shot sick tool vaccination|注射器 医学 医生 工具 打针 接种 治疗 疫苗 药|針筒 注射器
🩸|drop of blood bleed donation injury medicine menstruation|血滴 医疗 月经 流血 献血 经血 输血|血滴 受傷 捐血 流血 生理期 藥
💊|pill doctor drugs medicated medicine pills sick vitamin|药丸 医生 吃药 治疗 生病 用药 维他命 药 药物|藥丸 生病 維他命 藥
🩹|adhesive bandage|创可贴 ok绷 伤口 受伤 绷带 胶布|OK 繃 ok 繃 繃帶
🩼|crutch aid cane disability help hurt injured mobility stick|拐杖 受伤 手杖 残疾 活动助行类辅具 辅助|拐杖 助行 受傷 手杖 行動不便 輔助
🩺|stethoscope doctor heart medicine|听诊器 医生 医疗 心脏 心跳 诊断|聽診器 心跳 藥 醫生
🩻|x-ray bones doctor medical skeleton skull xray|X射线 x 射线 x射线 医生 医疗 骨架 骨骼|X 光 x 光 醫學 醫生 骨頭 骨骼 骷髏
🚪|door back closet front|门 出入口 前门 后门 大门 屋门 房门 房间|門 前門 後門 櫃子
🛗|elevator accessibility hoist lift|电梯 升降机 可达性|電梯 上升 方便 貨梯
🪞|mirror makeup reflection reflector speculum|镜子 化妆 反射 反射镜 窥镜|鏡子 化妝 化妝鏡 反射 反射鏡 反映
🪟|window air frame fresh opening transparent view|窗户 开窗 新鲜空气 景色 窗口 窗框 透明|窗戶 框 窗 觀景 透明
🛏️|bed hotel sleep|床 宾馆 床垫 床铺 睡 睡眠 睡觉|床 睡覺
🛋️|couch and lamp hotel|沙发和灯 家 沙发 灯 阅读|沙發和立燈 沙發 立燈
🪑|chair seat sit|椅子 坐 坐下 座位 椅背|椅子 坐 座椅
🚽|toilet bathroom|马桶 wc 卫生间 厕所 洗手间|馬桶 廁所
🪠|plunger cup force plumber poop suction toilet|活塞 便便 吸力 搋子 水管工 通厕所 马桶|吸把 大便 廁所 通水器 通馬桶
🚿|shower water|淋浴 喷头 喷水 水 洗澡 花洒 花洒|淋浴 蓮蓬頭
🛁|bathtub bath|浴缸 沐浴 泡沫浴 泡澡 洗澡 浴盆 澡盆|澡盆 浴盆 浴缸
🪤|mouse trap bait cheese lure mousetrap snare|捕鼠器 奶酪 老鼠夹 诱饵 陷进 陷阱|捕鼠器 捕鼠 捕鼠夾 誘捕 起司 陷阱 餌
🪒|razor sharp shave|剃须刀 刀 刮 刮刀 剃刀 毛 胡子 锋利|剃刀 剃 鋒利
🧴|lotion bottle moisturizer shampoo sunscreen|乳液瓶 乳液 保湿乳液 护肤霜 洗剂瓶 洗发水 洗发露 防嗮霜 防晒霜|乳液瓶 乳液 保濕 保濕乳液 洗髮精 防曬 防曬乳
🧷|safety pin diaper punk rock|安全别针 别针 扣针|安全別針 尿布 龐克搖滾
🧹|broom cleaning sweeping witch|扫帚 女巫 巫婆 打扫 扫地 清洁|掃帚 巫婆 掃 掃地 掃把 清潔 清理
🧺|basket farming laundry picnic|筐 农作 洗衣 种植 篮子 脏衣篮 野餐|籃子 洗衣 種植 農作 野餐
🧻|roll of paper toilet towels|卷纸 卫生纸 手纸 纸卷 纸巾|捲筒衛生紙 紙巾 紙捲 衛生紙
🪣|bucket cask pail vat|桶 大桶 木桶 水桶 缸|水桶 一桶 提桶 桶 桶子
🧼|soap bar bathing clean cleaning lather soapdish|皂 杀菌 泡沫 洗手 洗澡 清洁 肥皂 肥皂泡 肥皂盒|肥皂 泡沫 洗澡 清潔 肥皂盒 肥皂盤
🫧|bubbles bubble burp clean floating pearl soap underwater|气泡 打嗝 水下 泡泡 清洁 漂浮 珍珠状 肥皂 肥皂泡|泡泡 打嗝 水中 清潔 漂浮 珍珠 肥皂
🪥|toothbrush bathroom brush clean dental hygiene teeth toiletry|牙刷 刷 刷子 卫生 情节 洗漱 浴室 清洁 牙科|牙刷 乾淨 刷子 浴室 清潔 牙齒 衛浴用品
🧽|sponge absorbing cleaning porous soak|海绵 吸收 吸水 多孔 浸泡 清洁 渗透|海綿 吸收 吸水 多孔 浸泡 清潔 透氣
🧯|fire extinguisher extinguish quench|灭火器 压制 火灾 灭火 熄灭|滅火器 撲滅 滅火
🛒|shopping cart trolley|购物车 手推车 购物 采购|購物車 推車 購物
🚬|cigarette smoking|香烟 卷烟 吸烟 抽烟 烟 烟草|吸煙 抽煙 香菸 點煙
⚰️|coffin dead death vampire|棺材 埋葬 死亡 灵柩 葬礼 陵墓|棺木 棺材
🪦|headstone cemetery dead grave graveyard memorial rip tomb tombstone|墓碑 公墓 坟墓 墓园 墓地 安息 死亡 纪念|墓石 rip 墓 墓園 墓碑 墳墓 安息 死 死亡
⚱️|funeral urn ashes death|骨灰缸 丧礼 死亡 瓮 缸 葬礼 骨灰 骨灰罐|骨灰罈 骨灰甕
🧿|nazar amulet bead blue charm evil-eye talisman|纳扎尔护身符 小装饰品 恶魔之眼 护身符 珠子 符咒 纳扎尔 蓝色 邪眼|邪眼 珠子 符咒 藍眼 藍色 護身符 避邪
🪬|hamsa amulet fatima fortune guide hand mary miriam palm|法蒂玛之手 保护 好运 手 手掌 护身符 法蒂玛 玛丽 米里亚姆|法蒂瑪之手 保護 幸運 手 指引 法蒂瑪 瑪麗 米利暗 護身符
🗿|moai face moyai statue stoneface travel|摩埃 复活岛 复活节岛 复活节岛石像 摩艾 摩艾石像 旅行 毛埃 脸|復活節島 復活島石像
🪧|placard card demonstration notice picket plaque protest sign|标语牌 告示 布告 标志 标牌 标语 海报 示威 纠察队标语牌|告示牌 佈告 公告 告示 標示 標語 標語牌
🪪|identification card credentials document id license security|身份证 id 凭证 安全 执照 证件|識別證 id 執照 安全 憑證 授權 證件 證照 身分證
# symbols
🏧|atm sign automated bank cash money teller|取款机 atm 提款机 柜员机 标识 银行|提款機
🚮|litter in bin sign litterbin|倒垃圾 垃圾丢弃处 垃圾入篓 垃圾桶|垃圾桶
🚰|potable water drinking|饮用水 可以喝的 喝水 接水 水 水龙头|飲用水 可飲
♿|wheelchair symbol access handicap|轮椅标识 无障碍 残疾 残障 轮椅 轮椅符号|無障礙空間 行動不便者 身障人士 輪椅
🚹|men’s room bathroom lavatory man restroom toilet wc|男厕 卫生间 厕所 洗手间 男士|男廁
🚺|women’s room bathroom lavatory restroom toilet wc woman|女厕 卫生间 厕所 女士 洗手间|女廁
🚻|restroom bathroom lavatory toilet wc|卫生间 wc 厕所 洗手间|洗手間 廁所
🚼|baby symbol changing|宝宝 婴儿 换尿片 母婴室|寶寶 嬰兒
🚾|water closet bathroom lavatory restroom toilet wc|厕所 卫生间 洗手间 盥洗室|廁所 盥洗室
🛂|passport control|护照检查 安检 护照 检查 通行证|護照查驗 入出境關卡 護照
🛃|customs packing|海关 行李打包|海關 打包
🛄|baggage claim arrived bags case checked journey packing plane|提取行李 提取 旅行 行李|提取行李 行李
🛅|left luggage baggage case locker|寄存行李 储物柜 寄存 行李|寄存行李 寄物 寄物櫃
⚠️|warning caution|警告 小心|警告
🚸|children crossing child pedestrian traffic|儿童过街 交通 安全 指示牌 行人|小心兒童 當心兒童 行人優先
⛔|no entry do fail forbidden not pass prohibited traffic|禁止通行 交通 禁止入内 禁行 请勿入内 请勿驶入|禁止進入 禁止通行 禁行
🚫|prohibited entry forbidden no not smoke|禁止 不准 不许 严禁 禁入 禁行 阻止|禁止通行 禁止 禁止進入
🚳|no bicycles bicycle bike forbidden not prohibited|禁止自行车 严禁 交通 禁止 禁行自行车 自行车 非机动车|禁行自行車 禁止通行
🚭|no smoking forbidden not prohibited smoke|禁止吸烟 严禁 吸烟 抽烟 禁止 禁烟|禁止吸煙 禁煙
🚯|no littering forbidden litter not prohibited|禁止乱扔垃圾 严禁 垃圾 禁丢垃圾 禁止|禁止亂丟垃圾 請勿亂丟垃圾
🚱|non-potable water dry non-drinking prohibited|非饮用水 水 禁止用水 节约用水 非直饮水|非飲用水 不得生飲
🚷|no pedestrians forbidden not pedestrian prohibited|禁止行人通行 严禁 行人|禁止行人通行 禁止通行
📵|no mobile phones cell forbidden not phone prohibited telephone|禁止使用手机 严禁 手机 电话 禁止|禁用手機
🔞|no one under eighteen 18 age forbidden not prohibited|18禁 儿童不宜 未成年人不宜 禁止|未成年人不宜 18 禁
☢️|radioactive sign|辐射 放射性 标识|放射性 標誌 輻射
☣️|biohazard sign|生物危害 动物 当心感染 污染 警告|危害生物 對生物有害
⬆️|up arrow cardinal direction north|向上箭头 上 北 方位 方向 标识 箭头|向上箭頭 北方 方向
↗️|up-right arrow direction intercardinal northeast|右上箭头 东北 右上 方位 方向 标识 箭头|右上箭頭 方向 東北
➡️|right arrow cardinal direction east|向右箭头 东 右 方向 标识 箭头|向右箭頭 方向 東
↘️|down-right arrow direction intercardinal southeast|右下箭头 东南 右下 方位 方向 标识 箭头|右下箭頭 方向 東南
⬇️|down arrow cardinal direction south|向下箭头 南 向下 基本 方位 正南 箭头|向下箭頭 南方 方向
↙️|down-left arrow direction intercardinal southwest|左下箭头 左下 方向 标识 箭头 西南|左下箭頭 方向 西南
⬅️|left arrow cardinal direction west|向左箭头 左 方向 标识 箭头 西|向左箭頭 方向 西方
↖️|up-left arrow direction intercardinal northwest|左上箭头 左上 方向 标识 箭头 西北|左上箭頭 方向 西北
↕️|up-down arrow|上下箭头 上下 箭头|上下箭頭
↔️|left-right arrow|左右箭头 左右 箭头|左右箭頭
↩️|right arrow curving left|右转弯箭头 右转弯 向左弯曲的右箭头 箭头|向左彎的右箭頭 右轉箭頭
↪️|left arrow curving right|左转弯箭头 向右弯曲的左箭头 左转弯 箭头|向右彎的左箭頭 左轉箭頭
⤴️|right arrow curving up|右上弯箭头 右上弯 向上弯曲的右箭头 箭头|右上旋轉箭頭
⤵️|right arrow curving down|右下弯箭头 右下弯 向下弯曲的右箭头 箭头|右下旋轉箭頭
🔃|clockwise vertical arrows arrow refresh reload|顺时针垂直箭头 刷新 垂直顺时针箭头 方向 标识 箭头 重新载入 顺时针 顺时针箭头|順時針方向 刷新 重新載入 順時針
🔄|counterclockwise arrows button again anticlockwise arrow deja refresh rewindershins|逆时针箭头按钮 倒转 再次 刷新 箭头 逆时针 逆时针箭头|逆時針 倒帶 再一次 剪頭
🔙|back arrow|返回箭头 回退 箭头 返回|返回
🔚|end arrow|结束箭头 箭头 终点 结束|結束
🔛|on! arrow mark|ON! 箭头 on on! 箭头 开始 标识 箭头|ON on
🔜|soon arrow brb omw|SOON 箭头 soon 箭头 在路上 立刻回来 箭头 马上|馬上 omw on my way! 在路上
🔝|top arrow homie up|置顶 向上 标识 顶|置頂 箭頭向上
🛐|place of worship pray religion|宗教场所 地点 宗教 崇拜 敬神 礼拜 祈祷|祈禱 祝禱
⚛️|atom symbol atheist|原子符号 原子 无神论 物质|原子 無神論者
🕉️|om hindu religion|奥姆 印度 印度教 唵 宗教|唵 印度教 梵文
✡️|star of david jew jewish judaism religion|六芒星 六角星 大卫之星 大卫星 宗教 犹太 犹太教|六芒星 六角星 大衛之星 猶太教
☸️|wheel of dharma buddhist religion|法轮 佛 宗教 舵 轮盘 达摩|法輪
☯️|yin yang difficult lives religion tao taoist total yinyang|阴阳 太极 宗教 道 道教 阳 阴|陰陽
✝️|latin cross christ christian religion|十字架 基督 天主教 宗教|拉丁十字架 十字架 基督教
☦️|orthodox cross christian religion|东正教十字架 东正教 十字架 基督 宗教 正教会十字|東正教十字架 十字架 正教會十字
☪️|star and crescent islam muslim ramadan religion|星月 伊斯兰 宗教 斋戒月 穆斯林|伊斯蘭教星月 伊斯蘭教 星月 齋戒月
☮️|peace symbol healing peaceful|和平符号 和平|和平
🕎|menorah candelabrum candlestick hanukkah jewish judaism religion|烛台 光明节 宗教 灯台 犹太 犹太教|猶太燭台
🔯|dotted six-pointed star fortune jewish judaism|带中间点的六芒星 六芒星 六芒星加圆点 六角星 命运 犹太 犹太教|六芒星加圓點 六角星 猶太教
🪯|khanda deg fateh khalsa religion sikh sikhism tegh|坎达 信仰 卡尔萨 善业与佩剑得胜 坎达长剑 宗教 锡克 锡克教 锡克教徒|堪達 印度直劍，印度劍，法器，錫克教，錫克，善業與佩劍得勝，信仰，宗教 宗教 錫克教
♈|aries horoscope ram zodiac|白羊座 公羊 星座 牡羊座|牡羊座 星座
♉|taurus bull horoscope ox zodiac|金牛座 公牛 星座 金牛|金牛座 星座
♊|gemini horoscope twins zodiac|双子座 双子 孪生子 星座|雙子座 星座
♋|cancer crab horoscope zodiac|巨蟹座 巨蟹 星座 螃蟹|巨蟹座 星座
♌|leo horoscope lion zodiac|狮子座 星座 雄狮|獅子座 星座
♍|virgo horoscope zodiac|处女座 室女座 星座 黄道十二宫|處女座 星座
♎|libra balance horoscope justice scales zodiac|天秤座 平衡 星座 正义|天秤座 星座
♏|scorpio horoscope scorpion scorpius zodiac|天蝎座 天蝎 星座 蝎子|天蠍座 星座
♐|sagittarius archer horoscope zodiac|射手座 人马座 射手 弓箭手 星座|射手座 星座
♑|capricorn goat horoscope zodiac|摩羯座 天宫图 山羊 摩羯 星座|摩羯座 星座
♒|aquarius bearer horoscope water zodiac|水瓶座 星座 水|水瓶座 星座
♓|pisces fish horoscope zodiac|双鱼座 双鱼 星座 鱼|雙魚座 星座
⛎|ophiuchus bearer serpent snake zodiac|蛇夫座 星座 蛇 蛇夫|蛇夫座 星座 蛇夫宮
🔀|shuffle tracks button arrow crossed|随机播放音轨按钮 交叉 打乱 随机 随机播放|隨機播放 交叉
🔁|repeat button arrow clockwise|重复按钮 循环 循环播放 箭头 顺时针|重複播放 重複 順時針
🔂|repeat single button arrow clockwise once|重复一次按钮 单曲循环 循环 箭头 顺时针|重複目前單曲 一次 順時針方向
▶️|play button arrow right triangle|播放按钮 三角 右 向右 播放 箭头|播放 右 按鈕
⏩|fast-forward button arrow double fast forward|快进按钮 双箭头 向前 快进 快速|向前快轉 按鈕
⏭️|next track button arrow scene triangle|下一个音轨按钮 三角 下一个 下一曲 下一首 往后 箭头|下一首 下一幕 按鈕
⏯️|play or pause button arrow right triangle|播放或暂停按钮 三角 向右 播放 播放或暂停 暂停|播放或暫停 按鈕 暫停
◀️|reverse button arrow left triangle|倒退按钮 三角 倒转 后退 向左 左|倒轉 左 按鈕
⏪|fast reverse button arrow double rewind|快退按钮 倒回 双箭头 快退 快速倒带|向後快轉 按鈕
⏮️|last track button arrow previous scene triangle|上一个音轨按钮 三角 上一个 上一曲 上一首 箭头|上一首 前一幕 最後一首
🔼|upwards button arrow red up|向上三角形按钮 上 向上 向上按钮 往上 箭头|向上 按鈕 紅
⏫|fast up button arrow double|快速上升按钮 上 双箭头 向上 快速向上|快速向上 向上箭頭
🔽|downwards button arrow down red|向下三角形按钮 下 向下 向下按钮 往下 箭头|向下 按鈕 紅
⏬|fast down button arrow double|快速下降按钮 下 双箭头 向下 快速向下|快速向下 向下箭頭
⏸️|pause button bar double vertical|暂停按钮 停止 双条形 暂停|暫停 按鈕 暫停鈕
⏹️|stop button square|停止按钮 停止 方形 正方形 终止|停止播放 停止 按鈕 方塊
⏺️|record button circle|录制按钮 制作 圆 录像 录制 录音|錄製 圓 按鈕
⏏️|eject button|推出按钮 向上三角 弹出|退出 按鈕
🎦|cinema camera film movie|电影院 剧院 场所 影片 摄影机 电影|電影院 戲院 攝影機 電影
🔅|dim button brightness low|低亮度按钮 亮度 低 低亮度 昏暗 暗|低亮度 微亮
🔆|bright button brightness light|高亮度按钮 亮 亮度 太阳 明亮 高亮度|高亮度 明亮
📶|antenna bars bar cell communication mobile phone signal telephone|信号强度条 信号 天线 强度 手机 条|訊號強弱 信號 訊號格數
🛜|wireless broadband computer connectivity hotspot internet network router smartphone|无线 wi-fi wlan 互联网 宽带 智能手机 热点 电脑 网络|無線 無線網路，wifi，路由器，連線，熱點，寬頻，網路，智慧型手機，電腦 網路 網際網路 電腦
📳|vibration mode cell communication mobile phone telephone|振动模式 手机 振动 震动|震動模式 震動
📴|mobile phone off cell telephone|手机关机 关机 关闭 关闭手机 手机|手機關機 關閉
♀️|female sign woman|女性符号 符号 雌性|女
♂️|male sign man|男性符号 符号 雄性|男
⚧️|transgender symbol|跨性别符号 跨性别|變性符號 變性
✖️|multiply cancel multiplication sign x ×|乘 x 乘号 取消 相乘 符号|乘 x × 乘法 乘法號 乘號 叉 取消 打叉
➕|plus +|加 加号 十字 数学 相加 符号|加 + 加號 數學 符號
➖|minus - heavy math sign −|减 减号 数学 横线 符号|減 - − 數學 減號 符號 負
➗|divide division heavy math sign ÷|除 数学 相除 符号 除号|除 ÷ 數學 符號 除法 除號
🟰|heavy equals sign answer equal equality math|粗等号 回答 平等 数学 相等 等于 等号 答案|粗體等號 數學 相等 相等於 等式 等於 答案
♾️|infinity forever unbounded universal|无穷大 宇宙 无尽 极大|無限大 全體 永遠 無限
‼️|double exclamation mark ! !! bangbang punctuation|双感叹号 两个 双叹号 叹号 吃惊 标点符号 ！ ！！|雙驚嘆號 標點
⁉️|exclamation question mark ! !? ? interrobang punctuation|感叹疑问号 叹号 叹号加问号 吃惊 标点符号 疑问惊叹号 问号 ！ ！？|驚嘆號加問號 標點
❓|red question mark ? punctuation|红色问号 为什么 标点 标点符号 疑问 问号|紅色問號 問號 標點
❔|white question mark ? outlined punctuation|白色问号 为什么 标点符号 空心 空心问号 问号 问题 ？|白色問號 問號 標點
❕|white exclamation mark ! outlined punctuation|白色感叹号 叹号 吃惊 标点符号 白色叹号 空心 空心叹号 ！|白色驚嘆號 標點 驚嘆號
❗|red exclamation mark ! punctuation|红色感叹号 叹号 吃惊 惊讶 感叹 感叹号 标点符号 ！|紅色驚嘆號 標點 驚嘆號
〰️|wavy dash punctuation|波浪型破折号 标点符号 波浪线 浪花 象声号|波浪線 標點 波浪形
💱|currency exchange bank money|货币兑换 兑换 外汇 换汇 汇率 流通 银行|貨幣兌換 換匯
💲|heavy dollar sign billion cash charge currency million money|粗美元符号 现金 美元 美元符号 美刀 货币 金钱|貨幣符號 貨幣 錢
⚕️|medical symbol aesculapius medicine staff|医疗标志 医学 医疗 蛇杖 阿斯克勒庇俄斯 阿斯克勒庇俄斯蛇杖|醫療符號 醫學 醫療 醫藥
♻️|recycling symbol recycle|回收标志 再利用 再生 回收 循环|回收 可回收資源
⚜️|fleur-de-lis knights|百合花饰 鸢尾花|鳶尾花 百合花
🔱|trident emblem anchor poseidon ship tool|三叉戟徽章 三叉戟 工具 波塞冬 船 锚|三叉戟 錨
📛|name badge|姓名牌 名牌 徽章 胸牌 证章|名牌 胸牌
🔰|japanese symbol for beginner chevron green leaf tool yellow|日本新手驾驶标志 v 型臂章 v形图案 人字形图记 军警 叶状 实习 新手 箭尾|日本初學者符號 v 型臂章 新手 日本初學者
⭕|hollow red circle heavy large o|红色空心圆圈 0 o形 圆圈 大 大圆圈 红 零|圓圈 丸 圓
✅|check mark button checked checkmark complete completed done fixed|勾号按钮 勾 勾号 完成 打勾 按钮 绿色打勾|白色勾勾 勾號 完成 打勾 搞定
☑️|check box with ballot checked done off tick ✓|勾选框 做好 勾号 勾选 复选框 带勾方格 打勾 搞定 选票|勾選 勾號 打勾
✔️|check mark checked checkmark done heavy tick ✓|勾号 对勾 打勾 正确 符号|打勾 勾號
❌|cross mark cancel multiplication multiply x ×|叉号 x 乘 交叉 取消 相乘 符号|叉 乘
❎|cross mark button multiplication multiply square x ×|叉号按钮 乘 乘号 叉 取消 方形|叉叉 乘 叉
➰|curly loop curl|卷曲环 单环 日本单环标志 标志|日本單環標誌 單環
➿|double curly loop curl|双卷曲环 免费电话 双环 日本免费电话标志 标志|日本免費電話標誌 免費電話
〽️|part alternation mark|庵点 开始歌唱 歌记号 符号|歌唱 歌記號
✳️|eight-spoked asterisk *|八轮辐星号 八芒星 星号|八芒星 星號
✴️|eight-pointed star *|八角星 星 符号|八角星
❇️|sparkle *|火花 烟火 闪光 闪耀|火花 閃亮
©️|copyright c|版权|版權
®️|registered r|注册 注册标记|註冊
™️|trade mark tm trademark|商标 产品 标志|商標
#️⃣|keycap #|按键: # 按键|按鍵：# 按鍵
*️⃣|keycap *|按键: * 按键|按鍵：* 按鍵
0️⃣|keycap 0 zero|按键: 0 0 按键|按鍵：0 0 按鍵
1️⃣|keycap 1 one|按键: 1 1 一 按键|按鍵：1 1 一 按鍵
2️⃣|keycap 2 two|按键: 2 2 二 按键|按鍵：2 2 二 按鍵
3️⃣|keycap 3 three|按键: 3 3 三 按键|按鍵：3 3 三 按鍵
4️⃣|keycap 4 four|按键: 4 4 四 按键|按鍵：4 4 四 按鍵
5️⃣|keycap 5 five|按键: 5 5 五 按键|按鍵：5 5 五 按鍵
6️⃣|keycap 6 six|按键: 6 6 六 按键|按鍵：6 6 六 按鍵
7️⃣|keycap 7 seven|按键: 7 7 七 按键|按鍵：7 7 七 按鍵
8️⃣|keycap 8 eight|按键: 8 8 八 按键|按鍵：8 8 八 按鍵
9️⃣|keycap 9 nine|按键: 9 9 九 按键|按鍵：9 9 九 按鍵
🔟|keycap 10|按键: 10 按键|按鍵：10 按鍵
🔠|input latin uppercase abcd letters|输入大写拉丁字母 abcd 大写字母 大写字母键 字母 打字 拉丁文 输入法|大寫字母鍵 abcd 大寫 字母 輸入
🔡|input latin lowercase abcd letters|输入小写拉丁字母 abcd 小写字母 小写字母键 打字 拉丁文 输入小写字母 输入法|小寫字母鍵 abcd 字母 小寫 輸入
🔢|input numbers 1234|输入数字 1234 打字 数字|數字鍵 123 數字 輸入
🔣|input symbols % & ♪ 〒|输入符号 字符 打字 符号|符號鍵 輸入 輸入符號
🔤|input latin letters abc alphabet|输入拉丁字母 abc 字母 打字 拉丁字母 拉丁字母键 拉丁文 输入字母|拉丁字母鍵 abc
🅰️|a button (blood type) blood type|A型血 a a型血 字母a 按钮 血型 血液|A型 a型 血型
🆎|ab button (blood type) blood type|AB型血 ab ab型血 字母ab 按钮 血型 血液|AB型 ab型 血型
🅱️|b button (blood type) blood type|B型血 b b型血 按钮 血型 血液|B型 b型 血型
🆑|cl button|CL按钮 cl cl按钮 手机 清理 清除|CL cl
🆒|cool button|cool按钮 cool 按键 酷|酷
🆓|free button|免费按钮 free 不收费 免费 按钮 自由|免費
ℹ️|information i|信息 信息中心 查询 资料|資訊 詢問處
🆔|id button identity|ID按钮 id id按钮 按键 识别 身份|身分 id 身份
Ⓜ️|circled m circle|圆圈包围的M m 圆圈包围的m 圈 字母 米|M m
🆕|new button|new按钮 按键 新 新的|新
🆖|ng button|NG按钮 ng ng按钮 按钮 按键 花絮|NG ng 重來
🅾️|o button (blood type) blood type|O 型血 o o 型血 o型血 字母o 按钮 血型 血液|O型 o型 血型
🆗|ok button okay|OK按钮 ok ok按钮 同意 按键|好的 ok 可以 沒問題
🅿️|p button parking|停车按钮 p 停车 按键 泊车|P p 停車
🆘|sos button help|SOS按钮 sos sos按钮 按键 救命 求救 求救钮|救命 求救
🆙|up! button mark up|up按钮 up 向上 按键|UP up 向上
🆚|vs button versus|VS按钮 vs vs按钮 对 对决 按键|對戰 vs 比
🈁|japanese here button katakana|日文的这里按钮 koko 按键 日文 日语 此处 片假名 这里|日文KOKO koko 日文koko 日語 片假名 這裡
🈂️|japanese service charge button katakana|日文的服务费按钮 sa 按键 收费 日文 日文sa 日语 服务 服务费|日文服務區 sa 日語 服務費 片假名
🈷️|japanese monthly amount button ideograph|日文的月总量按钮 按键 日文 日本 月 月度 统计 表意文字|月 月金额
🈶|japanese not free of charge button ideograph|日文的收费按钮 按键 日文 日本 有 有料 表意文字 要收费 费用|有 需付費 非免費
🈯|japanese reserved button ideograph|日文的预留按钮 保留 指 按键 日文 日本 表意文字 预定 预订|指 預約保留
🉐|japanese bargain button ideograph|日文的议价按钮 得 按键 日文 日本 表意文字 讨价还价|得 俗
🈹|japanese discount button ideograph|日文的打折按钮 割 打折 折扣 按键 日文 日本 表意文字|割
🈚|japanese free of charge button ideograph|日文的免费按钮 免费 免钱 按键 无 日文 日本 表意文字|無 免費
🈲|japanese prohibited button ideograph|日文的禁止按钮 严禁 按键 日文 日本 禁 表意文字|禁 禁止
🉑|japanese acceptable button ideograph|日文的可接受按钮 可 可接受 按键 日文 日本 表意文字 许可|可 ok
🈸|japanese application button ideograph|日文的申请按钮 日文 日本 日语 申 申请 申请书 申请表 表意文字|申 申請
🈴|japanese passing grade button ideograph|日文的合格按钮 及格 合 按键 日文 日本 表意文字 过关 通过|合 過 過關
🈳|japanese vacancy button ideograph|日文的有空位按钮 日文 日本 日语 有空位 空 空位 空闲 表意文字|空的 空
㊗️|japanese congratulations button ideograph|日文的祝贺按钮 庆贺 按键 日文 日本 祝 祝福 祝贺 表意文字|祝
㊙️|japanese secret button ideograph|日文的秘密按钮 保密 按键 日文 日本 秘 秘密 表意文字|秘 秘密
🈺|japanese open for business button ideograph|日文的开始营业按钮 开门 按键 日文 日本 营 营业 营业中 表意文字|營 營業中
🈵|japanese no vacancy button ideograph|日文的没有空位按钮 座位 按键 日文 日本 满 表意文字|滿
🔴|red circle geometric|红色圆 几何 圆 圈 红 红圈 红色|大紅色圓形 圓形 紅丸
🟠|orange circle|橙色圆 圆 圆圈 圈 橙|橘色圓形 圓形 橘色
🟡|yellow circle|黄色圆 圆 圈 黄 黄色 黄色圆圈|黃色圓形 圓形 黃色
🟢|green circle|绿色圆 圆 圆圈 圈 绿|綠色圓形 圓形 綠色
🔵|blue circle geometric|蓝色圆 圆 圈 蓝 蓝圈|大藍色圓形 圓形 藍丸
🟣|purple circle|紫色圆 圆 圆圈 圈 紫 紫色 紫色圆圈|紫色圓形 圓形 紫色
🟤|brown circle|棕色圆 圆 圆圈 圈 棕|褐色圓形 咖啡色 咖啡色方形 圓形 褐色
⚫|black circle geometric|黑色圆 圆 圈 黑|黑色圓形 圓形 黑丸
⚪|white circle geometric|白色圆 圆 圈 白 白圈|白色圓形 圓形 白丸
🟥|red square card penalty|红色方块 方块 方框 正方形 红 红色|紅色方形 方形 紅色
🟧|orange square|橙色方块 方块 方框 橙 橙色 正方形|橘色方形 方形 橘色
🟨|yellow square card penalty|黄色方块 方块 方框 正方形 黄 黄色|黃色方形 方形 黃色
🟩|green square|绿色方块 方块 方框 正方形 绿 绿色|綠色方形 方形 綠色
🟦|blue square|蓝色方块 方块 方框 正方形 蓝 蓝色|藍色方形 方形 藍色
🟪|purple square|紫色方块 方块 方框 正方形 紫 紫色|紫色方形 方形 紫色
🟫|brown square|棕色方块 方块 方框 棕 棕色 正方形|褐色方形 咖啡色 咖啡色方形 方形 褐色
⬛|black large square geometric|黑线大方框 大 方形 正方形 黑色 黑色大方形|黑色大方塊 方形
⬜|white large square geometric|白线大方框 大 方形 正方形 白色 白色方块|白色大方塊 方形
◼️|black medium square geometric|黑色中方块 中等 几何 方形 正方形 黑色|黑色中方塊 方形
◻️|white medium square geometric|白色中方块 中等 方形 正方形 白色|白色中方塊 方形 白色方塊
◾|black medium-small square geometric|黑色中小方块 中小 方形 正方形 黑色|黑色中小型方塊 方形 黑方塊
◽|white medium-small square geometric|白色中小方块 中小 正方形 几何 方形 白色|白色中小型方塊 方塊 方形 白色小方塊
▪️|black small square geometric|黑色小方块 几何 几何图形 小 方形 正方形 黑色|黑色小方塊 方形 黑色方塊
▫️|white small square geometric|白色小方块 小 方形 正方形 白色|白色小方塊 方形
🔶|large orange diamond geometric|橙色大菱形 大 方块 方片 橘色方块 橘黄色 橙色方块 菱形 钻石|大橙色菱形 大橘色鑽石 菱形
🔷|large blue diamond geometric|蓝色大菱形 大 方块 方片 菱形 蓝色 钻石|大藍色菱形 大藍色鑽石 菱形
🔸|small orange diamond geometric|橙色小菱形 小 方块 方片 橘色方块 橘黄色 菱形|小橙色菱形 小橘色鑽石 菱形
🔹|small blue diamond geometric|蓝色小菱形 小 方片 菱形 蓝色 蓝色方块 钻石|小藍色菱形 菱形
🔺|red triangle pointed up geometric|红色正三角 三角形 向上 正三角 红色|向上紅色三角 三角形
🔻|red triangle pointed down geometric|红色倒三角 三角形 下 倒三角 向下 红色|向下紅色三角 三角形
💠|diamond with a dot comic geometric|带圆点的菱形 中心 内部 圆 方块 方块内有点 梅花形 菱形|菱形加圓點 鑽石
🔘|radio button geometric|单选按钮 单独 单选钮 圆心 按钮 按键 选中|按鈕 圓鈕 幾何
🔳|white square button geometric outlined|白色方形按钮 按钮 方形 白线方形按钮 白线正方形按钮 白色正方形按钮 白边线方形按钮 白边线正方形按钮|白色方按鈕 按鈕 白色按鈕
🔲|black square button geometric|黑色方形按钮 几何 几何图形 按钮 方形 黑线方形按钮 黑线正方形按钮 黑色正方形按钮 黑边线方形按钮|黑色方按鈕 按鈕 方形 方形按鈕
# flags
🏁|chequered flag checkered finish flags game race racing sport|黑白方格旗 方格 格子旗 竞赛 终点 终点旗 黑白方格|終點旗 格子旗 賽車
🚩|triangular flag construction golf post|三角旗 升旗 旗 旗杆上的三角旗 旗杆上的旗帜 红色旗帜 高尔夫|三角旗
🎌|crossed flags celebration cross japanese|交叉旗 对叉 旗 旗帜 日本|紀念日 半程 旗 日本 盟友
🏴|black flag waving|黑旗 举黑旗 摇黑棋 黑色旗 黑色旗子 黑色旗帜|黑旗 揮黑旗
🏳️|white flag waving|白旗 举白旗 摇白旗 白色旗子 白色旗帜|白旗 搖白旗 豎白旗
🏳️‍🌈|rainbow flag bisexual gay genderqueer glbt glbtq lesbian lgbt|彩虹旗 双性 同性 多色 彩虹 旗 旗帜 跨性别|彩虹旗 lgbt 同志 跨性別 雙性
🏳️‍⚧️|transgender flag blue light pink white|跨性别旗 旗帜 浅蓝色 白色 粉红色 跨性别|跨性別旗 旗子 變性
🏴‍☠️|pirate flag jolly plunder roger treasure|海盗旗 掠夺 海上 财宝 骷髅|海盜旗 寶藏 掠奪 海盜 骷髏旗
🇦🇨|flag ascension island ac|旗: 阿森松岛 AC 旗|旗子：阿森松島 AC 旗子
🇦🇩|flag andorra ad|旗: 安道尔 AD 旗|旗子：安道爾 AD 旗子
🇦🇪|flag united arab emirates ae|旗: 阿拉伯联合酋长国 AE 旗|旗子：阿拉伯聯合大公國 AE 旗子
🇦🇫|flag afghanistan af|旗: 阿富汗 AF 旗|旗子：阿富汗 AF 旗子
🇦🇬|flag antigua & barbuda ag|旗: 安提瓜和巴布达 AG 旗|旗子：安地卡及巴布達 AG 旗子
🇦🇮|flag anguilla ai|旗: 安圭拉 AI 旗|旗子：安奎拉 AI 旗子
🇦🇱|flag albania al|旗: 阿尔巴尼亚 AL 旗|旗子：阿爾巴尼亞 AL 旗子
🇦🇲|flag armenia am|旗: 亚美尼亚 AM 旗|旗子：亞美尼亞 AM 旗子
🇦🇴|flag angola ao|旗: 安哥拉 AO 旗|旗子：安哥拉 AO 旗子
🇦🇶|flag antarctica aq|旗: 南极洲 AQ 旗|旗子：南極洲 AQ 旗子
🇦🇷|flag argentina ar|旗: 阿根廷 AR 旗|旗子：阿根廷 AR 旗子
🇦🇸|flag american samoa as|旗: 美属萨摩亚 AS 旗|旗子：美屬薩摩亞 AS 旗子
🇦🇹|flag austria at|旗: 奥地利 AT 旗|旗子：奧地利 AT 旗子
🇦🇺|flag australia au|旗: 澳大利亚 AU 旗|旗子：澳洲 AU 旗子
🇦🇼|flag aruba aw|旗: 阿鲁巴 AW 旗|旗子：荷屬阿魯巴 AW 旗子
🇦🇽|flag åland islands ax|旗: 奥兰群岛 AX 旗|旗子：奧蘭群島 AX 旗子
🇦🇿|flag azerbaijan az|旗: 阿塞拜疆 AZ 旗|旗子：亞塞拜然 AZ 旗子
🇧🇦|flag bosnia & herzegovina ba|旗: 波斯尼亚和黑塞哥维那 BA 旗|旗子：波士尼亞與赫塞哥維納 BA 旗子
🇧🇧|flag barbados bb|旗: 巴巴多斯 BB 旗|旗子：巴貝多 BB 旗子
🇧🇩|flag bangladesh bd|旗: 孟加拉国 BD 旗|旗子：孟加拉 BD 旗子
🇧🇪|flag belgium be|旗: 比利时 BE 旗|旗子：比利時 BE 旗子
🇧🇫|flag burkina faso bf|旗: 布基纳法索 BF 旗|旗子：布吉納法索 BF 旗子
🇧🇬|flag bulgaria bg|旗: 保加利亚 BG 旗|旗子：保加利亞 BG 旗子
🇧🇭|flag bahrain bh|旗: 巴林 BH 旗|旗子：巴林 BH 旗子
🇧🇮|flag burundi bi|旗: 布隆迪 BI 旗|旗子：蒲隆地 BI 旗子
🇧🇯|flag benin bj|旗: 贝宁 BJ 旗|旗子：貝南 BJ 旗子
🇧🇱|flag st. barthélemy bl|旗: 圣巴泰勒米 BL 旗|旗子：聖巴瑟米 BL 旗子
🇧🇲|flag bermuda bm|旗: 百慕大 BM 旗|旗子：百慕達 BM 旗子
🇧🇳|flag brunei bn|旗: 文莱 BN 旗|旗子：汶萊 BN 旗子
🇧🇴|flag bolivia bo|旗: 玻利维亚 BO 旗|旗子：玻利維亞 BO 旗子
🇧🇶|flag caribbean netherlands bq|旗: 荷属加勒比区 BQ 旗|旗子：荷蘭加勒比區 BQ 旗子
🇧🇷|flag brazil br|旗: 巴西 BR 旗|旗子：巴西 BR 旗子
🇧🇸|flag bahamas bs|旗: 巴哈马 BS 旗|旗子：巴哈馬 BS 旗子
🇧🇹|flag bhutan bt|旗: 不丹 BT 旗|旗子：不丹 BT 旗子
🇧🇻|flag bouvet island bv|旗: 布韦岛 BV 旗|旗子：布威島 BV 旗子
🇧🇼|flag botswana bw|旗: 博茨瓦纳 BW 旗|旗子：波札那 BW 旗子
🇧🇾|flag belarus by|旗: 白俄罗斯 BY 旗|旗子：白俄羅斯 BY 旗子
🇧🇿|flag belize bz|旗: 伯利兹 BZ 旗|旗子：貝里斯 BZ 旗子
🇨🇦|flag canada ca|旗: 加拿大 CA 旗|旗子：加拿大 CA 旗子
🇨🇨|flag cocos (keeling) islands cc|旗: 科科斯（基林）群岛 CC 旗|旗子：科克斯（基靈）群島 CC 旗子
🇨🇩|flag congo - kinshasa cd|旗: 刚果（金） CD 旗|旗子：剛果（金夏沙） CD 旗子
🇨🇫|flag central african republic cf|旗: 中非共和国 CF 旗|旗子：中非共和國 CF 旗子
🇨🇬|flag congo - brazzaville cg|旗: 刚果（布） CG 旗|旗子：剛果（布拉薩） CG 旗子
🇨🇭|flag switzerland ch|旗: 瑞士 CH 旗|旗子：瑞士 CH 旗子
🇨🇮|flag côte d’ivoire ci|旗: 科特迪瓦 CI 旗|旗子：象牙海岸 CI 旗子
🇨🇰|flag cook islands ck|旗: 库克群岛 CK 旗|旗子：庫克群島 CK 旗子
🇨🇱|flag chile cl|旗: 智利 CL 旗|旗子：智利 CL 旗子
🇨🇲|flag cameroon cm|旗: 喀麦隆 CM 旗|旗子：喀麥隆 CM 旗子
🇨🇳|flag china cn|旗: 中国 CN 旗|旗子：中國 CN 旗子
🇨🇴|flag colombia co|旗: 哥伦比亚 CO 旗|旗子：哥倫比亞 CO 旗子
🇨🇵|flag clipperton island cp|旗: 克利珀顿岛 CP 旗|旗子：克里派頓島 CP 旗子
🇨🇷|flag costa rica cr|旗: 哥斯达黎加 CR 旗|旗子：哥斯大黎加 CR 旗子
🇨🇺|flag cuba cu|旗: 古巴 CU 旗|旗子：古巴 CU 旗子
🇨🇻|flag cape verde cv|旗: 佛得角 CV 旗|旗子：維德角 CV 旗子
🇨🇼|flag curaçao cw|旗: 库拉索 CW 旗|旗子：庫拉索 CW 旗子
🇨🇽|flag christmas island cx|旗: 圣诞岛 CX 旗|旗子：聖誕島 CX 旗子
🇨🇾|flag cyprus cy|旗: 塞浦路斯 CY 旗|旗子：賽普勒斯 CY 旗子
🇨🇿|flag czechia cz|旗: 捷克 CZ 旗|旗子：捷克 CZ 旗子
🇩🇪|flag germany de|旗: 德国 DE 旗|旗子：德國 DE 旗子
🇩🇬|flag diego garcia dg|旗: 迪戈加西亚岛 DG 旗|旗子：迪亞哥加西亞島 DG 旗子
🇩🇯|flag djibouti dj|旗: 吉布提 DJ 旗|旗子：吉布地 DJ 旗子
🇩🇰|flag denmark dk|旗: 丹麦 DK 旗|旗子：丹麥 DK 旗子
🇩🇲|flag dominica dm|旗: 多米尼克 DM 旗|旗子：多米尼克 DM 旗子
🇩🇴|flag dominican republic do|旗: 多米尼加共和国 DO 旗|旗子：多明尼加共和國 DO 旗子
🇩🇿|flag algeria dz|旗: 阿尔及利亚 DZ 旗|旗子：阿爾及利亞 DZ 旗子
🇪🇦|flag ceuta & melilla ea|旗: 休达及梅利利亚 EA 旗|旗子：休達與梅利利亞 EA 旗子
🇪🇨|flag ecuador ec|旗: 厄瓜多尔 EC 旗|旗子：厄瓜多 EC 旗子
🇪🇪|flag estonia ee|旗: 爱沙尼亚 EE 旗|旗子：愛沙尼亞 EE 旗子
🇪🇬|flag egypt eg|旗: 埃及 EG 旗|旗子：埃及 EG 旗子
🇪🇭|flag western sahara eh|旗: 西撒哈拉 EH 旗|旗子：西撒哈拉 EH 旗子
🇪🇷|flag eritrea er|旗: 厄立特里亚 ER 旗|旗子：厄利垂亞 ER 旗子
🇪🇸|flag spain es|旗: 西班牙 ES 旗|旗子：西班牙 ES 旗子
🇪🇹|flag ethiopia et|旗: 埃塞俄比亚 ET 旗|旗子：衣索比亞 ET 旗子
🇪🇺|flag european union eu|旗: 欧盟 EU 旗|旗子：歐盟 EU 旗子
🇫🇮|flag finland fi|旗: 芬兰 FI 旗|旗子：芬蘭 FI 旗子
🇫🇯|flag fiji fj|旗: 斐济 FJ 旗|旗子：斐濟 FJ 旗子
🇫🇰|flag falkland islands fk|旗: 福克兰群岛 FK 旗|旗子：福克蘭群島 FK 旗子
🇫🇲|flag micronesia fm|旗: 密克罗尼西亚 FM 旗|旗子：密克羅尼西亞 FM 旗子
🇫🇴|flag faroe islands fo|旗: 法罗群岛 FO 旗|旗子：法羅群島 FO 旗子
🇫🇷|flag france fr|旗: 法国 FR 旗|旗子：法國 FR 旗子
🇬🇦|flag gabon ga|旗: 加蓬 GA 旗|旗子：加彭 GA 旗子
🇬🇧|flag united kingdom gb|旗: 英国 GB 旗|旗子：英國 GB 旗子
🇬🇩|flag grenada gd|旗: 格林纳达 GD 旗|旗子：格瑞那達 GD 旗子
🇬🇪|flag georgia ge|旗: 格鲁吉亚 GE 旗|旗子：喬治亞 GE 旗子
🇬🇫|flag french guiana gf|旗: 法属圭亚那 GF 旗|旗子：法屬圭亞那 GF 旗子
🇬🇬|flag guernsey gg|旗: 根西岛 GG 旗|旗子：根息 GG 旗子
🇬🇭|flag ghana gh|旗: 加纳 GH 旗|旗子：迦納 GH 旗子
🇬🇮|flag gibraltar gi|旗: 直布罗陀 GI 旗|旗子：直布羅陀 GI 旗子
🇬🇱|flag greenland gl|旗: 格陵兰 GL 旗|旗子：格陵蘭 GL 旗子
🇬🇲|flag gambia gm|旗: 冈比亚 GM 旗|旗子：甘比亞 GM 旗子
🇬🇳|flag guinea gn|旗: 几内亚 GN 旗|旗子：幾內亞 GN 旗子
🇬🇵|flag guadeloupe gp|旗: 瓜德罗普 GP 旗|旗子：瓜地洛普 GP 旗子
🇬🇶|flag equatorial guinea gq|旗: 赤道几内亚 GQ 旗|旗子：赤道幾內亞 GQ 旗子
🇬🇷|flag greece gr|旗: 希腊 GR 旗|旗子：希臘 GR 旗子
🇬🇸|flag south georgia & sandwich islands gs|旗: 南乔治亚和南桑威奇群岛 GS 旗|旗子：南喬治亞與南三明治群島 GS 旗子
🇬🇹|flag guatemala gt|旗: 危地马拉 GT 旗|旗子：瓜地馬拉 GT 旗子
🇬🇺|flag guam gu|旗: 关岛 GU 旗|旗子：關島 GU 旗子
🇬🇼|flag guinea-bissau gw|旗: 几内亚比绍 GW 旗|旗子：幾內亞比索 GW 旗子
🇬🇾|flag guyana gy|旗: 圭亚那 GY 旗|旗子：蓋亞那 GY 旗子
🇭🇰|flag hong kong sar china hk|旗: 中国香港特别行政区 HK 旗|旗子：中國香港特別行政區 HK 旗子
🇭🇲|flag heard & mcdonald islands hm|旗: 赫德岛和麦克唐纳群岛 HM 旗|旗子：赫德島及麥唐納群島 HM 旗子
🇭🇳|flag honduras hn|旗: 洪都拉斯 HN 旗|旗子：宏都拉斯 HN 旗子
🇭🇷|flag croatia hr|旗: 克罗地亚 HR 旗|旗子：克羅埃西亞 HR 旗子
🇭🇹|flag haiti ht|旗: 海地 HT 旗|旗子：海地 HT 旗子
🇭🇺|flag hungary hu|旗: 匈牙利 HU 旗|旗子：匈牙利 HU 旗子
🇮🇨|flag canary islands ic|旗: 加纳利群岛 IC 旗|旗子：加那利群島 IC 旗子
🇮🇩|flag indonesia id|旗: 印度尼西亚 ID 旗|旗子：印尼 ID 旗子
🇮🇪|flag ireland ie|旗: 爱尔兰 IE 旗|旗子：愛爾蘭 IE 旗子
🇮🇱|flag israel il|旗: 以色列 IL 旗|旗子：以色列 IL 旗子
🇮🇲|flag isle of man im|旗: 马恩岛 IM 旗|旗子：曼島 IM 旗子
🇮🇳|flag india in|旗: 印度 IN 旗|旗子：印度 IN 旗子
🇮🇴|flag british indian ocean territory io|旗: 英属印度洋领地 IO 旗|旗子：英屬印度洋領地 IO 旗子
🇮🇶|flag iraq iq|旗: 伊拉克 IQ 旗|旗子：伊拉克 IQ 旗子
🇮🇷|flag iran ir|旗: 伊朗 IR 旗|旗子：伊朗 IR 旗子
🇮🇸|flag iceland is|旗: 冰岛 IS 旗|旗子：冰島 IS 旗子
🇮🇹|flag italy it|旗: 意大利 IT 旗|旗子：義大利 IT 旗子
🇯🇪|flag jersey je|旗: 泽西岛 JE 旗|旗子：澤西島 JE 旗子
🇯🇲|flag jamaica jm|旗: 牙买加 JM 旗|旗子：牙買加 JM 旗子
🇯🇴|flag jordan jo|旗: 约旦 JO 旗|旗子：約旦 JO 旗子
🇯🇵|flag japan jp|旗: 日本 JP 旗|旗子：日本 JP 旗子
🇰🇪|flag kenya ke|旗: 肯尼亚 KE 旗|旗子：肯亞 KE 旗子
🇰🇬|flag kyrgyzstan kg|旗: 吉尔吉斯斯坦 KG 旗|旗子：吉爾吉斯 KG 旗子
🇰🇭|flag cambodia kh|旗: 柬埔寨 KH 旗|旗子：柬埔寨 KH 旗子
🇰🇮|flag kiribati ki|旗: 基里巴斯 KI 旗|旗子：吉里巴斯 KI 旗子
🇰🇲|flag comoros km|旗: 科摩罗 KM 旗|旗子：葛摩 KM 旗子
🇰🇳|flag st. kitts & nevis kn|旗: 圣基茨和尼维斯 KN 旗|旗子：聖克里斯多福及尼維斯 KN 旗子
🇰🇵|flag north korea kp|旗: 朝鲜 KP 旗|旗子：北韓 KP 旗子
🇰🇷|flag south korea kr|旗: 韩国 KR 旗|旗子：南韓 KR 旗子
🇰🇼|flag kuwait kw|旗: 科威特 KW 旗|旗子：科威特 KW 旗子
🇰🇾|flag cayman islands ky|旗: 开曼群岛 KY 旗|旗子：開曼群島 KY 旗子
🇰🇿|flag kazakhstan kz|旗: 哈萨克斯坦 KZ 旗|旗子：哈薩克 KZ 旗子
🇱🇦|flag laos la|旗: 老挝 LA 旗|旗子：寮國 LA 旗子
🇱🇧|flag lebanon lb|旗: 黎巴嫩 LB 旗|旗子：黎巴嫩 LB 旗子
🇱🇨|flag st. lucia lc|旗: 圣卢西亚 LC 旗|旗子：聖露西亞 LC 旗子
🇱🇮|flag liechtenstein li|旗: 列支敦士登 LI 旗|旗子：列支敦斯登 LI 旗子
🇱🇰|flag sri lanka lk|旗: 斯里兰卡 LK 旗|旗子：斯里蘭卡 LK 旗子
🇱🇷|flag liberia lr|旗: 利比里亚 LR 旗|旗子：賴比瑞亞 LR 旗子
🇱🇸|flag lesotho ls|旗: 莱索托 LS 旗|旗子：賴索托 LS 旗子
🇱🇹|flag lithuania lt|旗: 立陶宛 LT 旗|旗子：立陶宛 LT 旗子
🇱🇺|flag luxembourg lu|旗: 卢森堡 LU 旗|旗子：盧森堡 LU 旗子
🇱🇻|flag latvia lv|旗: 拉脱维亚 LV 旗|旗子：拉脫維亞 LV 旗子
🇱🇾|flag libya ly|旗: 利比亚 LY 旗|旗子：利比亞 LY 旗子
🇲🇦|flag morocco ma|旗: 摩洛哥 MA 旗|旗子：摩洛哥 MA 旗子
🇲🇨|flag monaco mc|旗: 摩纳哥 MC 旗|旗子：摩納哥 MC 旗子
🇲🇩|flag moldova md|旗: 摩尔多瓦 MD 旗|旗子：摩爾多瓦 MD 旗子
🇲🇪|flag montenegro me|旗: 黑山 ME 旗|旗子：蒙特內哥羅 ME 旗子
🇲🇫|flag st. martin mf|旗: 法属圣马丁 MF 旗|旗子：法屬聖馬丁 MF 旗子
🇲🇬|flag madagascar mg|旗: 马达加斯加 MG 旗|旗子：馬達加斯加 MG 旗子
🇲🇭|flag marshall islands mh|旗: 马绍尔群岛 MH 旗|旗子：馬紹爾群島 MH 旗子
🇲🇰|flag north macedonia mk|旗: 北马其顿 MK 旗|旗子：北馬其頓 MK 旗子
🇲🇱|flag mali ml|旗: 马里 ML 旗|旗子：馬利 ML 旗子
🇲🇲|flag myanmar (burma) mm|旗: 缅甸 MM 旗|旗子：緬甸 MM 旗子
🇲🇳|flag mongolia mn|旗: 蒙古 MN 旗|旗子：蒙古 MN 旗子
🇲🇴|flag macao sar china mo|旗: 中国澳门特别行政区 MO 旗|旗子：中國澳門特別行政區 MO 旗子
🇲🇵|flag northern mariana islands mp|旗: 北马里亚纳群岛 MP 旗|旗子：北馬利安納群島 MP 旗子
🇲🇶|flag martinique mq|旗: 马提尼克 MQ 旗|旗子：馬丁尼克 MQ 旗子
🇲🇷|flag mauritania mr|旗: 毛里塔尼亚 MR 旗|旗子：茅利塔尼亞 MR 旗子
🇲🇸|flag montserrat ms|旗: 蒙特塞拉特 MS 旗|旗子：蒙哲臘 MS 旗子
🇲🇹|flag malta mt|旗: 马耳他 MT 旗|旗子：馬爾他 MT 旗子
🇲🇺|flag mauritius mu|旗: 毛里求斯 MU 旗|旗子：模里西斯 MU 旗子
🇲🇻|flag maldives mv|旗: 马尔代夫 MV 旗|旗子：馬爾地夫 MV 旗子
🇲🇼|flag malawi mw|旗: 马拉维 MW 旗|旗子：馬拉威 MW 旗子
🇲🇽|flag mexico mx|旗: 墨西哥 MX 旗|旗子：墨西哥 MX 旗子
🇲🇾|flag malaysia my|旗: 马来西亚 MY 旗|旗子：馬來西亞 MY 旗子
🇲🇿|flag mozambique mz|旗: 莫桑比克 MZ 旗|旗子：莫三比克 MZ 旗子
🇳🇦|flag namibia na|旗: 纳米比亚 NA 旗|旗子：納米比亞 NA 旗子
🇳🇨|flag new caledonia nc|旗: 新喀里多尼亚 NC 旗|旗子：新喀里多尼亞 NC 旗子
🇳🇪|flag niger ne|旗: 尼日尔 NE 旗|旗子：尼日 NE 旗子
🇳🇫|flag norfolk island nf|旗: 诺福克岛 NF 旗|旗子：諾福克島 NF 旗子
🇳🇬|flag nigeria ng|旗: 尼日利亚 NG 旗|旗子：奈及利亞 NG 旗子
🇳🇮|flag nicaragua ni|旗: 尼加拉瓜 NI 旗|旗子：尼加拉瓜 NI 旗子
🇳🇱|flag netherlands nl|旗: 荷兰 NL 旗|旗子：荷蘭 NL 旗子
🇳🇴|flag norway no|旗: 挪威 NO 旗|旗子：挪威 NO 旗子
🇳🇵|flag nepal np|旗: 尼泊尔 NP 旗|旗子：尼泊爾 NP 旗子
🇳🇷|flag nauru nr|旗: 瑙鲁 NR 旗|旗子：諾魯 NR 旗子
🇳🇺|flag niue nu|旗: 纽埃 NU 旗|旗子：紐埃島 NU 旗子
🇳🇿|flag new zealand nz|旗: 新西兰 NZ 旗|旗子：紐西蘭 NZ 旗子
🇴🇲|flag oman om|旗: 阿曼 OM 旗|旗子：阿曼 OM 旗子
🇵🇦|flag panama pa|旗: 巴拿马 PA 旗|旗子：巴拿馬 PA 旗子
🇵🇪|flag peru pe|旗: 秘鲁 PE 旗|旗子：秘魯 PE 旗子
🇵🇫|flag french polynesia pf|旗: 法属波利尼西亚 PF 旗|旗子：法屬玻里尼西亞 PF 旗子
🇵🇬|flag papua new guinea pg|旗: 巴布亚新几内亚 PG 旗|旗子：巴布亞紐幾內亞 PG 旗子
🇵🇭|flag philippines ph|旗: 菲律宾 PH 旗|旗子：菲律賓 PH 旗子
🇵🇰|flag pakistan pk|旗: 巴基斯坦 PK 旗|旗子：巴基斯坦 PK 旗子
🇵🇱|flag poland pl|旗: 波兰 PL 旗|旗子：波蘭 PL 旗子
🇵🇲|flag st. pierre & miquelon pm|旗: 圣皮埃尔和密克隆群岛 PM 旗|旗子：聖皮埃與密克隆群島 PM 旗子
🇵🇳|flag pitcairn islands pn|旗: 皮特凯恩群岛 PN 旗|旗子：皮特肯群島 PN 旗子
🇵🇷|flag puerto rico pr|旗: 波多黎各 PR 旗|旗子：波多黎各 PR 旗子
🇵🇸|flag palestinian territories ps|旗: 巴勒斯坦领土 PS 旗|旗子：巴勒斯坦自治區 PS 旗子
🇵🇹|flag portugal pt|旗: 葡萄牙 PT 旗|旗子：葡萄牙 PT 旗子
🇵🇼|flag palau pw|旗: 帕劳 PW 旗|旗子：帛琉 PW 旗子
🇵🇾|flag paraguay py|旗: 巴拉圭 PY 旗|旗子：巴拉圭 PY 旗子
🇶🇦|flag qatar qa|旗: 卡塔尔 QA 旗|旗子：卡達 QA 旗子
🇷🇪|flag réunion re|旗: 留尼汪 RE 旗|旗子：留尼旺 RE 旗子
🇷🇴|flag romania ro|旗: 罗马尼亚 RO 旗|旗子：羅馬尼亞 RO 旗子
🇷🇸|flag serbia rs|旗: 塞尔维亚 RS 旗|旗子：塞爾維亞 RS 旗子
🇷🇺|flag russia ru|旗: 俄罗斯 RU 旗|旗子：俄羅斯 RU 旗子
🇷🇼|flag rwanda rw|旗: 卢旺达 RW 旗|旗子：盧安達 RW 旗子
🇸🇦|flag saudi arabia sa|旗: 沙特阿拉伯 SA 旗|旗子：沙烏地阿拉伯 SA 旗子
🇸🇧|flag solomon islands sb|旗: 所罗门群岛 SB 旗|旗子：索羅門群島 SB 旗子
🇸🇨|flag seychelles sc|旗: 塞舌尔 SC 旗|旗子：塞席爾 SC 旗子
🇸🇩|flag sudan sd|旗: 苏丹 SD 旗|旗子：蘇丹 SD 旗子
🇸🇪|flag sweden se|旗: 瑞典 SE 旗|旗子：瑞典 SE 旗子
🇸🇬|flag singapore sg|旗: 新加坡 SG 旗|旗子：新加坡 SG 旗子
🇸🇭|flag st. helena sh|旗: 圣赫勒拿 SH 旗|旗子：聖赫勒拿島 SH 旗子
🇸🇮|flag slovenia si|旗: 斯洛文尼亚 SI 旗|旗子：斯洛維尼亞 SI 旗子
🇸🇯|flag svalbard & jan mayen sj|旗: 斯瓦尔巴和扬马延 SJ 旗|旗子：挪威屬斯瓦巴及尖棉 SJ 旗子
🇸🇰|flag slovakia sk|旗: 斯洛伐克 SK 旗|旗子：斯洛伐克 SK 旗子
🇸🇱|flag sierra leone sl|旗: 塞拉利昂 SL 旗|旗子：獅子山 SL 旗子
🇸🇲|flag san marino sm|旗: 圣马力诺 SM 旗|旗子：聖馬利諾 SM 旗子
🇸🇳|flag senegal sn|旗: 塞内加尔 SN 旗|旗子：塞內加爾 SN 旗子
🇸🇴|flag somalia so|旗: 索马里 SO 旗|旗子：索馬利亞 SO 旗子
🇸🇷|flag suriname sr|旗: 苏里南 SR 旗|旗子：蘇利南 SR 旗子
🇸🇸|flag south sudan ss|旗: 南苏丹 SS 旗|旗子：南蘇丹 SS 旗子
🇸🇹|flag são tomé & príncipe st|旗: 圣多美和普林西比 ST 旗|旗子：聖多美普林西比 ST 旗子
🇸🇻|flag el salvador sv|旗: 萨尔瓦多 SV 旗|旗子：薩爾瓦多 SV 旗子
🇸🇽|flag sint maarten sx|旗: 荷属圣马丁 SX 旗|旗子：荷屬聖馬丁 SX 旗子
🇸🇾|flag syria sy|旗: 叙利亚 SY 旗|旗子：敘利亞 SY 旗子
🇸🇿|flag eswatini sz|旗: 斯威士兰 SZ 旗|旗子：史瓦帝尼 SZ 旗子
🇹🇦|flag tristan da cunha ta|旗: 特里斯坦-达库尼亚群岛 TA 旗|旗子：特里斯坦達庫尼亞群島 TA 旗子
🇹🇨|flag turks & caicos islands tc|旗: 特克斯和凯科斯群岛 TC 旗|旗子：土克斯及開科斯群島 TC 旗子
🇹🇩|flag chad td|旗: 乍得 TD 旗|旗子：查德 TD 旗子
🇹🇫|flag french southern territories tf|旗: 法属南部领地 TF 旗|旗子：法屬南部屬地 TF 旗子
🇹🇬|flag togo tg|旗: 多哥 TG 旗|旗子：多哥 TG 旗子
🇹🇭|flag thailand th|旗: 泰国 TH 旗|旗子：泰國 TH 旗子
🇹🇯|flag tajikistan tj|旗: 塔吉克斯坦 TJ 旗|旗子：塔吉克 TJ 旗子
🇹🇰|flag tokelau tk|旗: 托克劳 TK 旗|旗子：托克勞群島 TK 旗子
🇹🇱|flag timor-leste tl|旗: 东帝汶 TL 旗|旗子：東帝汶 TL 旗子
🇹🇲|flag turkmenistan tm|旗: 土库曼斯坦 TM 旗|旗子：土庫曼 TM 旗子
🇹🇳|flag tunisia tn|旗: 突尼斯 TN 旗|旗子：突尼西亞 TN 旗子
🇹🇴|flag tonga to|旗: 汤加 TO 旗|旗子：東加 TO 旗子
🇹🇷|flag türkiye tr|旗: 土耳其 TR 旗|旗子：土耳其 TR 旗子
🇹🇹|flag trinidad & tobago tt|旗: 特立尼达和多巴哥 TT 旗|旗子：千里達及托巴哥 TT 旗子
🇹🇻|flag tuvalu tv|旗: 图瓦卢 TV 旗|旗子：吐瓦魯 TV 旗子
🇹🇼|flag taiwan tw|旗: 台湾 TW 旗|旗子：台灣 TW 旗子
🇹🇿|flag tanzania tz|旗: 坦桑尼亚 TZ 旗|旗子：坦尚尼亞 TZ 旗子
🇺🇦|flag ukraine ua|旗: 乌克兰 UA 旗|旗子：烏克蘭 UA 旗子
🇺🇬|flag uganda ug|旗: 乌干达 UG 旗|旗子：烏干達 UG 旗子
🇺🇲|flag u.s. outlying islands um|旗: 美国本土外小岛屿 UM 旗|旗子：美國本土外小島嶼 UM 旗子
🇺🇳|flag united nations un|旗: 联合国 UN 旗|旗子：聯合國 UN 旗子
🇺🇸|flag united states us|旗: 美国 US 旗|旗子：美國 US 旗子
🇺🇾|flag uruguay uy|旗: 乌拉圭 UY 旗|旗子：烏拉圭 UY 旗子
🇺🇿|flag uzbekistan uz|旗: 乌兹别克斯坦 UZ 旗|旗子：烏茲別克 UZ 旗子
🇻🇦|flag vatican city va|旗: 梵蒂冈 VA 旗|旗子：梵蒂岡 VA 旗子
🇻🇨|flag st. vincent & grenadines vc|旗: 圣文森特和格林纳丁斯 VC 旗|旗子：聖文森及格瑞那丁 VC 旗子
🇻🇪|flag venezuela ve|旗: 委内瑞拉 VE 旗|旗子：委內瑞拉 VE 旗子
🇻🇬|flag british virgin islands vg|旗: 英属维尔京群岛 VG 旗|旗子：英屬維京群島 VG 旗子
🇻🇮|flag u.s. virgin islands vi|旗: 美属维尔京群岛 VI 旗|旗子：美屬維京群島 VI 旗子
🇻🇳|flag vietnam vn|旗: 越南 VN 旗|旗子：越南 VN 旗子
🇻🇺|flag vanuatu vu|旗: 瓦努阿图 VU 旗|旗子：萬那杜 VU 旗子
🇼🇫|flag wallis & futuna wf|旗: 瓦利斯和富图纳 WF 旗|旗子：瓦利斯群島和富圖那群島 WF 旗子
🇼🇸|flag samoa ws|旗: 萨摩亚 WS 旗|旗子：薩摩亞 WS 旗子
🇽🇰|flag kosovo xk|旗: 科索沃 XK 旗|旗子：科索沃 XK 旗子
🇾🇪|flag yemen ye|旗: 也门 YE 旗|旗子：葉門 YE 旗子
🇾🇹|flag mayotte yt|旗: 马约特 YT 旗|旗子：馬約特島 YT 旗子
🇿🇦|flag south africa za|旗: 南非 ZA 旗|旗子：南非 ZA 旗子
🇿🇲|flag zambia zm|旗: 赞比亚 ZM 旗|旗子：尚比亞 ZM 旗子
🇿🇼|flag zimbabwe zw|旗: 津巴布韦 ZW 旗|旗子：辛巴威 ZW 旗子
🏴󠁧󠁢󠁥󠁮󠁧󠁿|flag england gbeng|旗: 英格兰 gbeng 旗|旗子：英格蘭 gbeng 旗子
🏴󠁧󠁢󠁳󠁣󠁴󠁿|flag scotland gbsct|旗: 苏格兰 gbsct 旗|旗子：蘇格蘭 gbsct 旗子
🏴󠁧󠁢󠁷󠁬󠁳󠁿|flag wales gbwls|旗: 威尔士 gbwls 旗|旗子：威爾斯 gbwls 旗子
`;
