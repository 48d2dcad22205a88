## 招待
invitation-subject = { $inviter } さんから { $organization } への招待
invitation-heading = { $organization } に招待されました
invitation-paragraph = { $inviter } さんが、{ $organization } のメンバーとして { $application } を利用するようあなたを招待しています。
invitation-button = 招待を確認する
invitation-copy = ボタンを押せない場合は、次のアドレスをブラウザーに貼り付けてください。
invitation-address = この招待の宛先は { $email } です。{ $until }まで有効です。
invitation-unexpected = お心当たりがない場合は、このメールを破棄してください。承諾しないかぎり、何も起こりません。

## すべてのメール
sent-by = 送信者：{ $tenant }
