# 「|」は改行してもよい位置です。

## 招待
invitation-subject = { $inviter } さんから { $organization } への招待
invitation-heading = { $organization } に|招待されました
invitation-paragraph = { $inviter } さんが、|{ $organization } のメンバーとして |{ $application } を利用するよう|あなたを招待しています。
invitation-button = 招待を確認する
invitation-copy = ボタンを押せない場合は、|次のアドレスを|ブラウザーに|貼り付けてください。
invitation-address = この招待の宛先は |{ $email } です。|{ $until }まで|有効です。
invitation-unexpected = お心当たりがない場合は、|このメールを|破棄してください。|承諾しないかぎり、|何も起こりません。

## すべてのメール
sent-by = 送信者：{ $tenant }
