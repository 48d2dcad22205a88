## すべてのページ
footer = Doorward によるサインイン
continue = 続ける
cancel = キャンセル
or-separator = または
title-error = エラー：
signed-in-as = { $user } としてサインインしています。

## サインイン
login-title = サインイン
login-purpose = { $name } に進みます
login-password-title = パスワードを入力
email-label = メールアドレス
password-label = パスワード
edit = 変更
edit-email = メールアドレスを変更
signup-question = はじめての方は
signup-link = アカウントを作成

## 組織
organization-title = 組織の入力
organization-name-label = 組織名
organization-name-or-email-label = 組織名またはメールアドレス
organization-personal = 個人アカウントで続ける
organization-picker-title = 組織を選択
organization-picker-more = ほかの組織を表示

## アカウントの作成
signup-title = アカウントを作成
password-rule = { $length } 文字以上。無関係な単語をいくつか並べると、覚えやすく推測されにくくなります。
login-question = すでにアカウントをお持ちの方は
login-link = サインイン

## 招待
invitation-title = 招待が届いています
invitation-purpose = { $inviter } さんから、{ $application } の { $organization } への参加に招待されています。
invitation-address = この招待の宛先は { $email } です。
invitation-accept = 招待を承諾する
invitation-other-account = { $user } としてサインインしていますが、この招待の宛先は { $email } です。
invitation-switch = { $email } で続ける
invitation-switch-effect = 招待されたアドレスでサインインすると、このブラウザーでは { $user } はサインアウトされます。承諾するまで、招待は有効なままです。
invitation-login-title = サインインして承諾
invitation-form-purpose = { $inviter } さんから { $organization } への参加に招待されています。

## 同意
consent-title = アクセスを許可しますか？
consent-purpose = { $application } が { $tenant } のアカウントへのアクセスを求めています。許可すると、次のことができるようになります。
consent-profile = 名前や写真などのプロフィールの参照
consent-email = メールアドレスの参照
consent-phone = 電話番号の参照
consent-address = 住所の参照
consent-identity = サインインしたのがご本人であることの確認
consent-api = { $api } での操作：
consent-use = お客様に代わっての操作
consent-permissions = お客様に許可されているすべての操作の参照
consent-new = 新規
consent-accept = 許可する
consent-deny = 許可しない

## 確認
confirmation-title = このアプリケーションに進みますか？
confirmation-purpose = この端末上の { $application } がサインインを求めています。
confirmation-warning = ご自身で始めた操作の場合にのみ進んでください。この端末上のどのプログラムも、このアプリケーションを名乗ることができます。
confirmation-target = 回答の送り先：

## フォームのメッセージ
error-invalid-action = いずれかのボタンを選んでください。
error-wrong-email-credentials = メールアドレスまたはパスワードが正しくありません。
error-no-email = メールアドレスを入力してください。
error-invalid-email-format = メールアドレスの形式が正しくありません。入力内容をご確認ください。
error-no-password = パスワードを入力してください。
error-password-too-weak = パスワードが短すぎます。もっと長いパスワードにしてください。
error-password-too-common = よく使われるパスワードです。ほかの人が使わないパスワードにしてください。
error-user-blocked = このアカウントで誤ったパスワードが何度も入力されたため、ここからのサインインを停止しています。以前サインインしたことのあるブラウザーを使うか、サポートにお問い合わせください。
error-ip-blocked = お使いのネットワークから失敗したサインインが多すぎます。しばらくしてからやり直すか、サポートにお問い合わせください。
error-same-user-login = このアカウントへのサインインの試行が多すぎます。しばらく待ってからやり直してください。
error-ip-signup-blocked = お使いのネットワークから作成されたアカウントが多すぎます。しばらくしてからやり直すか、サポートにお問い合わせください。
error-password-policy-not-conformant = パスワードが長すぎます。1,000文字以内のパスワードにしてください。
error-invalid-organization = 組織が見つかりません。入力内容をご確認ください。
error-email-in-use = このメールアドレスのアカウントはすでに存在します。サインインするか、別のアドレスをお使いください。
error-invited-email-in-use = このメールアドレスのアカウントはすでにお持ちです。サインインしてください。

## 終わったサインインに戻ったとき
signed-in-title = サインインしています
signed-in-sentence = ここでの手続きは済んでいます。{ $name } に戻って続けてください。
signed-in-continue = { $name } に進む

## サインアウトの確認
logout-title = サインアウトしますか？
logout-purpose = { $application } がサインアウトを求めています。
logout-description = サインアウトすると、{ $tenant } のセッションは、それを利用するすべてのアプリケーションで終了します。
logout-accept = サインアウト
logout-deny = サインインしたままにする
logout-aborted-title = サインインしたままです
logout-aborted-sentence = 何も変更されていません。このウィンドウを閉じてかまいません。

## サインアウト
logged-out-title = サインアウトしました
logged-out-sentence = OK。ここでのセッションは終了しました。このウィンドウを閉じてかまいません。

## セッション
sessions-title = サインイン中のセッション
sessions-purpose = { $tenant } にサインインしているブラウザーの一覧です。心当たりのないものや使わなくなったものは、サインアウトしてください。
sessions-here = このブラウザー
sessions-device = { $browser }（{ $system }）
sessions-unknown-device = 不明な端末
sessions-last-used = 最後の利用
sessions-first-used = 最初の利用
sessions-ip = IP アドレス
sessions-first-ip = （最初は { $ip }）
sessions-applications = アプリケーション
sessions-user-agent = ブラウザーが名乗る情報
sessions-revoke = サインアウト
sessions-end = このブラウザーからサインアウト
sessions-revoke-others = ほかをすべてサインアウト
sessions-reach = サインアウトすると、{ $tenant } のセッションが終了します。開いているアプリケーションは、そのアプリケーション自身のセッションが終わるまで使えることがあります。
no-session-title = このブラウザーではサインインしていません
no-session-sentence = このブラウザーにはセッションがありません。アプリケーションでサインインしてから、このページをもう一度開いてください。

## アプリケーションへの回答
answer-title = あと一歩です
answer-sentence = このブラウザーではスクリプトが無効になっています。ボタンを押して先に進んでください。

## アプリケーションへの移動
onward-title = しばらくお待ちください
onward-sentence = まもなくアプリケーションに移動します。移動しない場合は、こちらからお進みください。

## エラーページ
request-title = アプリケーションからサインインできません
request-sentence = アプリケーションから受け付けられないリクエストが届きました。お客様のアカウントに問題はありません。アプリケーションに戻ってもう一度お試しください。解決しない場合は、運営者にお知らせください。
start-again-title = もう一度はじめからお願いします
start-again-sentence = このサインインはすでに完了したか、時間がかかりすぎたか、別のブラウザーで始められたものです。アプリケーションに戻ってサインインし直してください。Cookie を許可する必要があります。
invitation-not-usable-title = この招待は使用できません
invitation-not-usable-sentence = すでに使用されたか、取り消されたか、期限が切れています。招待した方に、新しい招待を依頼してください。
nothing-changed-title = 何も変更されていません
nothing-changed-sentence = そのセッションはすでに終了しているか、ページが古くなっています。現在の状態をご確認ください。
not-found-title = ページが見つかりません
not-found-sentence = アドレスが間違っているか、古くなっている可能性があります。アプリケーションに戻ってもう一度お試しください。
too-large-title = リクエストが大きすぎます
too-large-sentence = 受け付けられる大きさを超えています。アプリケーションに戻ってもう一度お試しください。解決しない場合は、運営者にお知らせください。
unavailable-title = まもなく復旧します
unavailable-sentence = サービスの一部に現在つながりません。サインアウトされたわけではありません。少し待ってからもう一度お試しください。
unconfirmed-sign-out-title = まだサインインしている可能性があります
unconfirmed-sign-out-sentence = サービスの一部に現在つながらないため、サインアウトできたかどうかを確認できません。少し待ってからもう一度お試しください。
fault-title = こちら側で問題が発生しました
fault-sentence = お客様の操作やアカウントに問題はありません。少し待ってからもう一度お試しください。
support = お困りの場合はお問い合わせください：
details = 技術的な詳細
tracking-id = 追跡 ID
