/*
 Copyright (c) 2003-2023, CKSource Holding sp. z o.o. All rights reserved.
 For licensing, see LICENSE.md or https://ckeditor.com/legal/ckeditor-oss-license
*/
CKEDITOR.plugins.setLang("codesnippet","zh-cn",{button:"插入代码段",codeContents:"代码内容",emptySnippetError:"插入的代码不能为空。",language:"代码语言",title:"代码段",pathName:"代码段"});